import { Failure, localProblem } from "./problem";
import { secret } from "./secrets";

/** A path as segments, so that a SKU with a slash or a space stays one segment. */
export type Path = readonly string[];
export type Query = Readonly<Record<string, string>>;

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The URL of a resource behind the signed door. */
export function resource(path: Path, query: Query = {}): URL {
  const url = doorUrl();
  url.pathname = [url.pathname.replace(/\/+$/, ""), ...path.map(segment)].join("/");
  // Not URLSearchParams: it writes a space as "+", which SigV4 does not know.
  url.search = Object.entries(query)
    .map((pair) => pair.map(encoded).join("="))
    .join("&");
  return url;
}

/** The region that the signature names. */
export function region(): string {
  return secret("COUNTERSIGN_REGION");
}

function doorUrl(): URL {
  const value = secret("COUNTERSIGN_URL");
  if (!URL.canParse(value)) {
    throw new Failure(localProblem(500, "not_configured", "COUNTERSIGN_URL is not a URL"));
  }
  const url = new URL(value);
  if (url.protocol !== "https:" && !LOOPBACK.has(url.hostname)) {
    throw new Failure(localProblem(500, "not_configured", "COUNTERSIGN_URL must be https"));
  }
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
  return encodeURIComponent(text).replace(/[!'()*]/g, strict);
}
