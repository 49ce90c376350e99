import { ServerReflection } from "../../../proto/gen/grpc/reflection/v1/reflection_pb.js";
import { Scoring } from "../../../proto/gen/logbert/v1/scoring_pb.js";

/** Tools ask by the name that reflection had before it was settled; the messages are the same. */
const REFLECTION_ALPHA = ["/grpc.reflection.v1.", "/grpc.reflection.v1alpha."] as const;

/** Every path that scoring on demand and reflection are called by: "/logbert.v1.Scoring/Score". */
export const SERVICE_PATHS: readonly string[] = [Scoring, ServerReflection].flatMap(({ typeName, methods }) =>
  methods.flatMap(({ name }) => pathsOf(`/${typeName}/${name}`)),
);

/** A method's path, and the one that it had before. */
export function pathsOf(path: string): readonly string[] {
  const alpha = path.replace(...REFLECTION_ALPHA);
  return alpha === path ? [path] : [path, alpha];
}
