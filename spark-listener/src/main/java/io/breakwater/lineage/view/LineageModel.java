package io.breakwater.lineage.view;

import java.util.List;

/**
 * The lineage that events tell. Every {@link DatasetId} in a job is that of a dataset in the list.
 *
 * @param datasets in the order of their ids
 * @param jobs in the order of their ids
 * @param events how many events it was made of
 * @param notices what was left out and why, in sentences for the reader; empty if nothing was
 */
public record LineageModel(
    List<LineageDataset> datasets, List<LineageJob> jobs, long events, List<String> notices) {}
