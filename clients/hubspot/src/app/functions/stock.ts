import { type AppFunction, reads } from "../../countersign/appfunction";
import { textFaults } from "../../countersign/input";
import type { Stock, StockParameters } from "../../countersign/types";

/** Read the stock of a SKU. */
export const main: AppFunction<"stock"> = reads({
  faults: ({ sku }) => textFaults("sku", sku),
  act: async ({ sku }: StockParameters, send) => ({
    stock: await send<Stock>({ method: "GET", path: ["v1", "stock", sku] }),
  }),
});
