import { AwsV4Signer } from "aws4fetch";

import { signingTime } from "./clock";
import type { Session } from "./vending";

export interface Unsigned {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string | undefined;
}

/** Sign for API Gateway: every header given, the session token and the hash of the body. */
export async function signed(request: Unsigned, session: Session): Promise<Request> {
  const signer = new AwsV4Signer({
    accessKeyId: session.accessKeyId,
    secretAccessKey: session.secretAccessKey,
    sessionToken: session.sessionToken,
    method: request.method,
    url: request.url.href,
    headers: request.headers,
    ...(request.body === undefined ? {} : { body: request.body }),
    service: "execute-api",
    region: session.region,
    datetime: signingTime().toISOString().replace(/[:-]|\.\d{3}/g, ""),
    allHeaders: true, // content-type is left out otherwise
  });
  const { method, url, headers } = await signer.sign();
  return new Request(url, {
    method,
    headers,
    redirect: "manual", // a redirect would carry the token to somewhere else
    ...(request.body === undefined ? {} : { body: request.body }),
  });
}
