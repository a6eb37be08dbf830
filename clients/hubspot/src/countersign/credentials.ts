import { secret } from "./secrets";

/** Temporary AWS credentials, always with a session token. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/**
 * The credentials to sign the next request with: the one place that knows where they come from.
 *
 * Never the AWS default chain: HubSpot runs functions on Lambda, where `AWS_*` holds the credentials
 * of HubSpot's own role.
 */
export async function credentials(): Promise<Credentials> {
  return {
    accessKeyId: secret("COUNTERSIGN_ACCESS_KEY_ID"),
    secretAccessKey: secret("COUNTERSIGN_SECRET_ACCESS_KEY"),
    sessionToken: secret("COUNTERSIGN_SESSION_TOKEN"),
  };
}
