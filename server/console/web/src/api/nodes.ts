import { queryOptions } from "@tanstack/react-query";
import { changing, client, read, send } from "./client";
import type { Cluster } from "./types";

/** GET /nodes. Leases are renewed every five seconds, and so it is read as often. */
export const clusterQuery = queryOptions({
  queryKey: ["cluster"],
  queryFn: ({ signal }): Promise<Cluster> => read("Nodes", client.GET("/api/v1/nodes", { signal })),
  refetchInterval: 5_000,
});

/** POST /nodes/{node}/drain. */
export async function drainNode(node: string): Promise<void> {
  await send("Node not drained", client.POST("/api/v1/nodes/{node}/drain", { params: { path: { node }, header: changing } }));
}

/** DELETE /nodes/{node}. */
export async function forgetNode(node: string): Promise<void> {
  await send("Node not removed", client.DELETE("/api/v1/nodes/{node}", { params: { path: { node }, header: changing } }));
}
