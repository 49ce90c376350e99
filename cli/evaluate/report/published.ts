/** Figures that others have printed, F1 in percent; protocols differ, and nearly all thresholds were searched on the test. */
export const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  hdfs: [
    "LogBERT, own paper (IJCNN 2021): F1 82.3, P 87.0, R 78.1, on the 63 % of the anomalies with 10 or more events (about 63 if those it dropped count as missed); oracle: beside the column of 10 or more events",
    "DeepLog, own paper (CCS 2017): F1 about 96; repeated 96.4 (wuyifan18/DeepLog#49)",
    "Landauer et al. (FSE 2024), LogDeep's HDFS, oracle: new event 63.3, length 54.1, event + length 90.4, count vectors 96.0, event + length + counts 98.8, 2-gram 85.2, edit distance 71.8",
    "PCA 76.9, isolation forest 80.2 (loglizer)",
    "LogLLM's re-runs, chronological 80/20: DeepLog 90.8, LogBERT 75.8",
  ],
  "bgl-nodes": [
    "Landauer et al. (FSE 2024), BGL by node, random 1 % for training, oracle: new event 98.8, count vectors 93.5, event + length + counts 98.7, 2-gram 92.3, edit distance 93.4",
    "LogBERT, own paper: F1 90.8 on overlapping, shuffled windows of 5 minutes; LogLLM's chronological re-run 28.3. Not this split",
  ],
  "bgl-sequences": [
    "LogBERT, own paper: F1 90.8 on other windows of BGL; LogLLM's chronological re-run 28.3. Not this split",
  ],
  "openstack-loghub": ["Known to be a weak benchmark (Landauer et al., FSE 2024)"],
};
