import { notConfigured } from "./problem";

/** A HubSpot secret: HubSpot puts those that the function's hsmeta declares into the environment. */
export function secret(name: string): string {
  const value = process.env[name]?.trim();
  if (!value) throw notConfigured(`The HubSpot secret ${name} is not set`);
  return value;
}
