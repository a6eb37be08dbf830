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

/** Why nothing came of a call. `retryable`: the same call, with the same key, may succeed later. */
export interface Refusal {
  ok: false;
  problem: Problem;
  retryable: boolean;
}

export type ReadResult<Answer> = ({ ok: true } & Answer) | Refusal;

/** `idempotencyKey` is the one that was used; null when nothing was sent. */
export type WriteResult<Answer> =
  | ({ ok: true; idempotencyKey: string } & Answer)
  | (Refusal & { idempotencyKey: string | null });

/**
 * Send the same key (1 to 255 visible ASCII characters) again, and the thing is not done twice.
 * Without one a key is made and given back.
 */
export interface Keyed {
  idempotencyKey?: string;
}

/** The stock of a SKU at one location. */
export interface Level {
  location: string;
  available: number;
  reserved: number;
  on_hand: number;
  count_version: number;
}

/** The stock of a SKU, summed and by location. */
export interface Stock {
  sku: string;
  available: number;
  reserved: number;
  on_hand: number;
  levels: Level[];
}

export interface NewOrderLine {
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

/** `country` is ISO 3166's two letters. */
export interface PostalAddress {
  recipient?: string;
  line1: string;
  line2?: string;
  city: string;
  region?: string;
  postal_code?: string;
  country: string;
}

export interface OrderCustomer {
  external_id?: string;
  email?: string;
  first_name?: string;
  last_name?: string;
  phone?: string;
  billing_address?: PostalAddress;
  shipping_address?: PostalAddress;
}

/** The body of `POST /v1/orders`. `placed_at` is RFC 3339, `currency` ISO 4217. */
export interface NewOrder {
  currency: string;
  lines: NewOrderLine[];
  external_id?: string;
  placed_at?: string;
  fulfilment?: "reserve" | "deduct" | "untouched";
  customer?: OrderCustomer;
  charges?: OrderCharge[];
}

/** An order without its lines. `stages` says when each state was reached, in RFC 3339. */
export interface OrderSummary {
  id: string;
  state: string;
  fulfilment: string;
  external_id?: string;
  currency: string;
  customer_id?: string;
  placed_at: string;
  stages: Record<string, string>;
  subtotal: number;
  total: number;
  returned: number;
  cancelled: number;
  version: number;
}

export interface OrderLine {
  number: number;
  sku: string;
  location: string;
  quantity: number;
  unit_price: number;
  amount: number;
  description?: string;
}

/** A whole order, as the API answers it. */
export interface Order extends OrderSummary {
  lines: OrderLine[];
  charges: Array<{ kind: string; amount: number; label?: string }>;
}

/** The body of `POST /v1/orders/{id}/returns`: so many of each line, by the line's number. */
export interface NewReturn {
  lines: Array<{ number: number; quantity: number }>;
  restock?: boolean;
  reason?: string;
}

/** A return, as the API answers it. `amount` is what the lines had cost. */
export interface Return {
  id: string;
  kind: string;
  lines: Array<{ number: number; quantity: number; amount: number }>;
  amount: number;
  restocked: boolean;
  reason?: string;
  at: string;
}

export interface StockParameters {
  sku: string;
}
export type StockResult = ReadResult<{ stock: Stock }>;

export interface PlaceOrderParameters extends Keyed {
  order: NewOrder;
}
export type PlaceOrderResult = WriteResult<{ order: Order }>;

export interface OrderStateParameters {
  orderId: string;
}
export type OrderStateResult = ReadResult<{ order: OrderSummary }>;

export interface ReturnLinesParameters extends Keyed, NewReturn {
  orderId: string;
}
export type ReturnLinesResult = WriteResult<{ returned: Return }>;

/** What a card calls by name: `hubspot.serverless(name, { parameters })`. */
export interface AppFunctions {
  stock: { parameters: StockParameters; result: StockResult };
  "place-order": { parameters: PlaceOrderParameters; result: PlaceOrderResult };
  "order-state": { parameters: OrderStateParameters; result: OrderStateResult };
  "return-lines": { parameters: ReturnLinesParameters; result: ReturnLinesResult };
}
