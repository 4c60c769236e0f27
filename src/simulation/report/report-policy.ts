/** What a report may do where it is opened: show its own styles, and nothing else. */

/** Also in the file itself, so that it holds for who keeps the file. `frame-ancestors` counts in a header only. */
export const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
