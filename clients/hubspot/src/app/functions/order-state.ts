import { type AppFunction, reads } from "../../countersign/appfunction";
import { textFaults } from "../../countersign/input";
import type { Order, OrderStateParameters, OrderSummary } from "../../countersign/types";

/** Read where an order stands. */
export const main: AppFunction<"order-state"> = reads({
  faults: ({ orderId }) => textFaults("orderId", orderId),
  act: async ({ orderId }: OrderStateParameters, send) => ({
    order: summary(await send<Order>({ method: "GET", path: ["v1", "orders", orderId] })),
  }),
});

/** An order may have 1,400 lines; a card that asks for its state needs none of them. */
function summary({ lines: _lines, charges: _charges, ...header }: Order): OrderSummary {
  return header;
}
