/** How a term compares. ":" is "is" for choices and "contains" for text. */
export type Operator = ":" | "!=" | ">=" | "<=" | ">" | "<";

/** One chip: field, operator, value. An empty field searches in every text field. */
export interface Term {
  field: string;
  op: Operator;
  values: string[]; // any of them
}

// The longer operators first: ">=" is not ">" and "=".
const operators: readonly Operator[] = ["!=", ">=", "<=", ":", ">", "<"];

/** The words of a chip for an operator and a number of values. */
export function operatorWord(op: Operator, kind: "text" | "choice" | "number" | "age", values: number): string {
  if (op === ":") return values > 1 ? "any of" : kind === "text" ? "has" : "is";
  if (op === "!=") return values > 1 ? "none of" : kind === "text" ? "has not" : "is not";
  if (kind === "age") return op === "<" || op === "<=" ? "within" : "longer than";
  return { ">=": "≥", "<=": "≤", ">": ">", "<": "<" }[op];
}

/** Reads a query such as `ssid:"Halden Staff" signal>=-80 guest`. Never fails: what is no term is a word to search for. */
export function parseQuery(text: string): Term[] {
  return split(text, " ").map(parseTerm);
}

/** Reads one term; a field without a value is a term without values. */
export function parseTerm(text: string): Term {
  const match = /^([a-zA-Z][a-zA-Z0-9]*)(!=|>=|<=|:|>|<)([\s\S]*)$/.exec(text);
  const op = operators.find((o) => o === match?.[2]);
  if (!match || op === undefined) return { field: "", op: ":", values: [unquote(text)] };
  return { field: match[1] ?? "", op, values: split(match[3] ?? "", ",").map(unquote) };
}

/** Writes a query that parseQuery reads back as the same terms. */
export function printQuery(terms: readonly Term[]): string {
  return terms.map(printTerm).join(" ");
}

export function printTerm(term: Term): string {
  const values = term.values.map((v) => quote(v, term.field === "")).join(",");
  return term.field === "" ? values : `${term.field}${term.op}${values}`;
}

function quote(value: string, bare: boolean): string {
  const plain = bare ? /^[^\s",:<>!=\\]+$/ : /^[^\s",\\]+$/;
  return plain.test(value) ? value : `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  const inner = text.endsWith('"') && text.length > 1 ? text.slice(1, -1) : text.slice(1);
  return inner.replaceAll(/\\(["\\])/g, "$1");
}

/** Cuts at the separator, but not within double quotes; empty parts are left out. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let part = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === "\\" && quoted) {
      part += c + text.charAt(i + 1);
      i++;
      continue;
    }
    if (c === '"') quoted = !quoted;
    if (c === separator && !quoted) {
      parts.push(part);
      part = "";
    } else part += c;
  }
  parts.push(part);
  return parts.filter((p) => p !== "");
}
