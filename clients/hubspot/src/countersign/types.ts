/** Shapes that app functions, and the cards that call them, share. Amounts are minor units (pence). */

/** What HubSpot hands to an app function: `parameters` from a card, `body` at an endpoint. */
export interface FunctionContext {
  parameters?: unknown;
  body?: unknown;
  method?: string;
}

/** RFC 9457 problem details. `code` is stable; `instance` is the request's id. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  instance?: string;
  errors?: FieldProblem[];
}

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

export interface OrderLine {
  sku: string;
  quantity: number;
  unit_price?: number;
  location?: string;
  description?: string;
}

export interface OrderCharge {
  kind: "shipping" | "postage" | "fee" | "discount" | "tax";
  label?: string;
  amount: number;
}

export interface OrderCustomer {
  external_id?: string;
  email?: string;
  first_name?: string;
  last_name?: string;
  phone?: string;
}

/** The body of `POST /v1/orders`. `placed_at` is RFC 3339, `currency` ISO 4217. */
export interface NewOrder {
  currency: string;
  lines: OrderLine[];
  external_id?: string;
  placed_at?: string;
  customer?: OrderCustomer;
  charges?: OrderCharge[];
}

/** An order as the API answers it. */
export interface Order {
  id: string;
  state: string;
  external_id: string | null;
  currency: string;
  customer_id: string | null;
  placed_at: string;
  lines: Array<Required<Omit<OrderLine, "description">> & { number: number; amount: number }>;
  charges: OrderCharge[];
  subtotal: number;
  total: number;
  version: number;
}

/**
 * What `place-order` takes. Send the same `idempotencyKey` (1 to 255 visible ASCII characters) again
 * and the order is not placed twice; without one a key is made and given back.
 */
export interface PlaceOrderParameters {
  order: NewOrder;
  idempotencyKey?: string;
}

/** What `place-order` gives back. `retryable`: the same call, same key, may succeed later. */
export type PlaceOrderResult =
  | { ok: true; order: Order; idempotencyKey: string }
  | { ok: false; problem: Problem; retryable: boolean; idempotencyKey: string | null };
