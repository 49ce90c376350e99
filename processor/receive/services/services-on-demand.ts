import { internalAnswer } from "../answer.ts";
import { isOpen, replyTo } from "../grpc-reply.ts";
import type { createServices, ServeCall, Services } from "./create-services.ts";
import { SERVICE_PATHS } from "./service-paths.ts";

type Create = typeof createServices;

/**
 * The same services, read when somebody first calls one: a start that nobody calls afterwards is spared Connect, and what reads
 * lines.
 *
 * @param read where they are made
 */
export function servicesOnDemand(
  ports: Parameters<Create>[0],
  read: () => Promise<{ readonly createServices: Create }> = () => import("./create-services.ts"),
): Services {
  let reading: Promise<Services> | undefined;
  let isStopped = false;
  const make = async () => {
    const services = (await read()).createServices(ports);
    if (isStopped) services.stop();
    return services;
  };
  const serveAt =
    (path: string): ServeCall =>
    async (stream, headers, entry) => {
      try {
        reading ??= make();
        const { methods } = await reading;
        // Who has gone meanwhile will not be heard to go.
        if (isOpen(stream)) methods.get(path)?.(stream, headers, entry);
      } catch (error) {
        ports.onError(error);
        ports.observer.refused("internal", "grpc");
        replyTo(stream, internalAnswer());
      }
    };
  return {
    methods: new Map(SERVICE_PATHS.map((path) => [path, serveAt(path)])),
    stop() {
      isStopped = true;
      reading?.then(
        (services) => services.stop(),
        () => undefined,
      );
    },
  };
}
