import { type AppFunction, writes } from "../../countersign/appfunction";
import { linesFaults, textFaults } from "../../countersign/input";
import type { Return, ReturnLinesParameters } from "../../countersign/types";

/** Take lines of an order back. */
export const main: AppFunction<"return-lines"> = writes({
  faults: ({ orderId, lines }) => [...textFaults("orderId", orderId), ...linesFaults("lines", lines)],
  act: async ({ orderId, lines, restock, reason }: ReturnLinesParameters, send) => ({
    returned: await send<Return>({
      method: "POST",
      path: ["v1", "orders", orderId, "returns"],
      body: { lines, restock, reason },
    }),
  }),
});
