/** What to label next. */
export function LabelPage() {
  return (
    <>
      <title>Label · logbert</title>
      <h1>Label</h1>
    </>
  );
}
