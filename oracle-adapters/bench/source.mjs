// The Treasury's daily rates as it publishes them, XML and CSV, for a market that never had a holiday: one server a reporter.
import { createServer } from 'node:http';

const RATES = '/resource-center/data-chart-center/interest-rates';
const FIRST = Date.UTC(2018, 0, 2);
const DAY = 86_400_000;

/** The nth weekday from 2018-01-02, YYYY-MM-DD. */
function dayOf(n) {
  const monday = FIRST - DAY;
  const days = n + 1;
  return new Date(monday + (Math.floor(days / 5) * 7 + (days % 5)) * DAY).toISOString().slice(0, 10);
}

/** @returns the server; `publish()` lets it show the next day */
export async function startSource() {
  const days = [];
  const documents = new Map();
  const documentOf = ({ pathname, searchParams }) => {
    const shown = days.filter(([day]) => day.startsWith(searchParams.get('field_tdr_date_value')));
    return pathname === `${RATES}/pages/xml` ? xmlOf(shown) : csvOf(shown);
  };
  const server = createServer(({ url }, response) => {
    if (!documents.has(url)) documents.set(url, documentOf(new URL(url, 'http://source')));
    response.end(documents.get(url));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    publish() {
      days.push([dayOf(days.length), (1 + (days.length % 50) / 100).toFixed(2)]);
      documents.clear();
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function xmlOf(days) {
  const entries = days.map(
    ([day, rate]) =>
      `<entry><content type="application/xml"><m:properties><d:INDEX_DATE m:type="Edm.DateTime">${day}T00:00:00</d:INDEX_DATE>` +
      `<d:ROUND_B1_CLOSE_26WK_2 m:type="Edm.Double">${rate}</d:ROUND_B1_CLOSE_26WK_2></m:properties></content></entry>`,
  );
  const data = 'http://schemas.microsoft.com/ado/2007/08/dataservices';
  return `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:d="${data}" xmlns:m="${data}/metadata">${entries.join('\n')}</feed>`;
}

function csvOf(days) {
  const rows = days.map(([day, rate]) => `${day.slice(5, 7)}/${day.slice(8)}/${day.slice(0, 4)},${rate}`);
  return ['Date,"26 WEEKS BANK DISCOUNT"', ...rows.reverse(), ''].join('\n');
}
