import { fileTypeFromBuffer } from 'file-type';

export type UploadType = 'application/pdf' | 'text/plain' | 'text/markdown';

const BEGINNING_BYTES = 4_096;
/** A ZIP archive is found by what stands this close to its end (APPNOTE 4.3.16: 22 bytes and a comment). */
const ZIP_TAIL_BYTES = 65_557;
const ZIP_END = Buffer.from('PK\x05\x06', 'latin1');
const MARKUP = /<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|style|link|meta|math|base|form)\b|<\?xml/i;
/** All but tab, line feed, form feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\x00-\x08\x0b\x0e-\x1f\x7f]/;

/** Judges bytes by what they are, so that nothing travels under the name of something else, or as two things at once. Nothing is decoded,
 *  unpacked or parsed: a PDF is looked at from outside, and pictures and archives are not taken at all.
 *  @returns what is wrong, or null */
export async function whatIsWrong(content: Buffer, type: UploadType): Promise<string | null> {
  const mime = await typeOf(content);
  return type === 'application/pdf' ? wrongPdf(content, mime) : wrongText(content, mime);
}

/** By its beginning alone: of some types the library would unpack more to say more. */
async function typeOf(content: Buffer): Promise<string | undefined> {
  const found = await fileTypeFromBuffer(content.subarray(0, BEGINNING_BYTES)).catch(() => ({ mime: 'broken' }));
  return found?.mime;
}

function wrongPdf(content: Buffer, found: string | undefined): string | null {
  if (found !== 'application/pdf' || content.subarray(0, 5).toString('latin1') !== '%PDF-') return 'The content is not application/pdf.';
  const end = content.lastIndexOf('%%EOF');
  if (
    end < 0 ||
    content
      .subarray(end + 5)
      .toString('latin1')
      .trim() !== ''
  )
    return 'Something follows the end of the PDF, or it has none.';
  if (content.subarray(-ZIP_TAIL_BYTES).includes(ZIP_END)) return 'The PDF is a ZIP archive as well.';
  if (MARKUP.test(content.subarray(0, 1_024).toString('latin1'))) return 'The PDF is a web page as well.';
  return null;
}

function wrongText(content: Buffer, found: string | undefined): string | null {
  if (found !== undefined) return `The content is ${found}, not text.`;
  const text = decoded(content);
  if (text === null) return 'The content is not UTF-8 text.';
  if (CONTROL.test(text)) return 'The text has control characters.';
  if (MARKUP.test(text)) return 'The text has markup of web pages in it.';
  return null;
}

function decoded(content: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return null;
  }
}
