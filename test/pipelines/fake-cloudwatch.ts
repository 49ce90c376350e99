import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";

/** An event of a log group. */
export interface CloudWatchEvent {
  readonly timestamp: number;
  readonly logStreamName: string;
  readonly message: string;
}

/** What the receiver asks of CloudWatch Logs, answered on loopback: one group, and its events between two times. */
export interface FakeCloudWatch {
  readonly url: string;
  close(): void;
}

const between = z.object({ startTime: z.number(), endTime: z.number() });

/** By the API's reference: DescribeLogGroups and FilterLogEvents, in JSON. */
export async function startFakeCloudWatch(
  logGroupName: string,
  events: readonly CloudWatchEvent[],
): Promise<FakeCloudWatch> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      response.setHeader("content-type", "application/x-amz-json-1.1");
      response.end(JSON.stringify(answer(String(request.headers["x-amz-target"]), body)));
    });
  });
  const answer = (operation: string, body: string): object => {
    if (operation.endsWith(".DescribeLogGroups")) {
      const arn = `arn:aws:logs:eu-west-1:123456789012:log-group:${logGroupName}:*`;
      return { logGroups: [{ logGroupName, arn, creationTime: 1 }] };
    }
    const { startTime, endTime } = between.parse(JSON.parse(body));
    const found = events.filter(({ timestamp }) => startTime <= timestamp && timestamp <= endTime);
    return {
      events: found.map((event) => ({
        ...event,
        eventId: `${event.timestamp}`,
        ingestionTime: event.timestamp,
      })),
      searchedLogStreams: [],
    };
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
