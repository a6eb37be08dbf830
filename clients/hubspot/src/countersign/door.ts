import { Failure, localProblem } from "./problem";

/** A path as segments, so that a SKU with a slash or a space stays one segment. */
export type Path = readonly string[];
export type Query = Readonly<Record<string, string>>;

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The URL of a resource behind a door. */
export function resource(door: URL, path: Path, query: Query = {}): URL {
  const url = new URL(door);
  url.pathname = [url.pathname.replace(/\/+$/, ""), ...path.map(segment)].join("/");
  // Not URLSearchParams: it writes a space as "+", which SigV4 does not know.
  url.search = Object.entries(query)
    .map((pair) => pair.map(encoded).join("="))
    .join("&");
  return url;
}

/** A door's URL, to which secrets may be sent. `refusal` makes the error; the value is never in it. */
export function secureUrl(value: string, refusal: (fault: string) => Failure): URL {
  if (!URL.canParse(value)) throw refusal("is not a URL");
  const url = new URL(value);
  const local = url.protocol === "http:" && LOOPBACK.has(url.hostname);
  if (url.protocol !== "https:" && !local) throw refusal("must be https");
  return url;
}

function segment(value: string): string {
  // URL would resolve these, encoded or not, and the call would go to another resource.
  if (value === "" || value === "." || value === "..") {
    throw new Failure(localProblem(400, "invalid_request", "A path segment is empty or dots"));
  }
  return encoded(value);
}

/** RFC 3986, as SigV4 wants it: `encodeURIComponent` leaves out five characters. */
function encoded(text: string): string {
  const strict = (mark: string) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, strict);
  } catch {
    throw new Failure(localProblem(400, "invalid_request", "A text is not well-formed Unicode"));
  }
}
