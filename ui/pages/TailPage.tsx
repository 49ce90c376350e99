/** Records as they come. */
export function TailPage() {
  return (
    <>
      <title>Tail · logbert</title>
      <h1>Tail</h1>
    </>
  );
}
