import {
  create,
  createRegistry,
  type DescFile,
  type MessageInitShape,
  type Registry,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  type ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from "../../../proto/gen/grpc/reflection/v1/reflection_pb.js";
import { StatusCode } from "../../grpc/status-code.ts";
import { asRequests } from "./as-requests.ts";

type Answer = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>["messageResponse"]>;

/** Server reflection (grpc/grpc: doc/server-reflection.md): tells of the services in these files what they take and give. */
export function createReflectionService(files: readonly DescFile[]): ServiceImpl<typeof ServerReflection> {
  const known = filesWithImports(files);
  const registry = createRegistry(...known.values());
  const services = files.flatMap((file) => file.services.map(({ typeName }) => ({ name: typeName })));
  const answer = (request: ServerReflectionRequest): ServerReflectionResponse =>
    create(ServerReflectionResponseSchema, {
      validHost: request.host,
      originalRequest: request,
      messageResponse: answerOf(request.messageRequest, { known, registry, services }),
    });
  return {
    async *serverReflectionInfo(messages, context) {
      for await (const request of asRequests(messages, context)) yield answer(request);
    },
  };
}

interface Known {
  /** By name, "logbert/v1/scoring.proto". */
  readonly known: ReadonlyMap<string, DescFile>;
  readonly registry: Registry;
  readonly services: readonly { readonly name: string }[];
}

function answerOf(
  request: ServerReflectionRequest["messageRequest"],
  { known, registry, services }: Known,
): Answer {
  switch (request.case) {
    case "listServices":
      return { case: "listServicesResponse", value: { service: [...services] } };
    case "fileByFilename":
      return fileOrNone(known.get(request.value), request.value);
    case "fileContainingSymbol":
      return fileOrNone(fileOfSymbol(request.value, registry), request.value);
    case "allExtensionNumbersOfType":
      return registry.getMessage(request.value) === undefined
        ? none(request.value)
        : { case: "allExtensionNumbersResponse", value: { baseTypeName: request.value } };
    case "fileContainingExtension":
      return none(request.value.containingType);
    case undefined:
      return error(StatusCode.INVALID_ARGUMENT, "the request asks nothing");
  }
}

/** Of a type, a service, or a method of one: "logbert.v1.Scoring.Score". */
function fileOfSymbol(symbol: string, registry: Registry): DescFile | undefined {
  const service = registry.getService(symbol.slice(0, symbol.lastIndexOf(".")));
  const isMethod = service?.methods.some(({ name }) => symbol.endsWith(`.${name}`)) ?? false;
  return (registry.get(symbol) ?? (isMethod ? service : undefined))?.file;
}

/** With all that it imports, so that nobody has to ask again. */
function fileOrNone(file: DescFile | undefined, asked: string): Answer {
  if (file === undefined) return none(asked);
  const protos = [...filesWithImports([file]).values()].map(({ proto }) => proto);
  return {
    case: "fileDescriptorResponse",
    value: { fileDescriptorProto: protos.map((proto) => toBinary(FileDescriptorProtoSchema, proto)) },
  };
}

function filesWithImports(files: readonly DescFile[]): ReadonlyMap<string, DescFile> {
  const all = new Map<string, DescFile>();
  const add = (file: DescFile) => {
    if (all.has(file.proto.name)) return;
    all.set(file.proto.name, file);
    for (const imported of file.dependencies) add(imported);
  };
  for (const file of files) add(file);
  return all;
}

function none(what: string): Answer {
  return error(StatusCode.NOT_FOUND, `${what} is not known here`);
}

function error(errorCode: number, errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}
