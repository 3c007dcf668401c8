/** Vault fields of a case, under the investor's key. */
export const noteField = (caseId: string): string => `kyc-note:${caseId}`;
export const decisionField = (caseId: string): string => `kyc-decision:${caseId}`;
export const resultField = (caseId: string): string => `kyc-result:${caseId}`;
export const messageField = (caseId: string): string => `kyc-message:${caseId}`;
export const hitReasonField = (hitId: string): string => `screening-hit:${hitId}`;
