/** Runs of the trainer. */
export function TrainingPage() {
  return (
    <>
      <title>Training · logbert</title>
      <h1>Training</h1>
    </>
  );
}
