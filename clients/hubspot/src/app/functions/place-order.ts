import { type AppFunction, writes } from "../../countersign/appfunction";
import { type Input, fault, linesFaults } from "../../countersign/input";
import type { FieldProblem, Order, PlaceOrderParameters } from "../../countersign/types";

/** Place an order. */
export const main: AppFunction<"place-order"> = writes({
  faults,
  act: async ({ order }: PlaceOrderParameters, send) => ({
    order: await send<Order>({ method: "POST", path: ["v1", "orders"], body: order }),
  }),
});

function faults({ order }: Input): FieldProblem[] {
  if (typeof order !== "object" || order === null) return [fault("order", "an object is needed")];
  const { currency, lines } = order as Input;
  const found = linesFaults("order.lines", lines);
  if (/^[A-Z]{3}$/.test(String(currency))) return found;
  return [fault("order.currency", "an ISO 4217 code is needed"), ...found];
}
