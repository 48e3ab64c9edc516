package io.breakwater.iceberg.plan;

import java.util.Map;

/**
 * The numbers of one Puffin file, one partition or the whole table. A null means that the number
 * does not exist in that scope.
 *
 * @param scope what the row is about: "puffin", "partition" or "table"
 * @param partition the partition path, only of a partition
 * @param specId the partition spec, only of a partition
 * @param path the Puffin file, only of a Puffin
 * @param puffins Puffin files
 * @param fileBytes their sizes
 * @param vectors live deletion vectors with a data file
 * @param dangling deletion vectors without one
 * @param deadBlobs blobs that no manifest references
 * @param liveBlobBytes bytes of referenced blobs
 * @param deadBlobBytes bytes of unreferenced blobs
 * @param footerBytes bytes of footers
 * @param pinnedBytes bytes that stay only because of the vectors beside them
 * @param deletedRows rows that the vectors delete
 * @param dataRows rows of their data files
 * @param deletedRowRatio the one divided by the other
 * @param maxDeletedRowRatio the largest ratio of one data file
 * @param filesOverRatio data files that Iceberg would rewrite for their ratio
 * @param vectorsByCardinality vectors by how many rows they delete
 * @param filesByRatio data files by their share of deleted rows
 * @param deleteManifests delete manifests with live entries, only of the table
 * @param positionDeleteFiles position delete files of format version 2
 * @param equalityDeleteFiles equality delete files
 * @param advice what to do next
 */
public record StatsRow(
    String scope,
    String partition,
    Integer specId,
    String path,
    Long puffins,
    Long fileBytes,
    long vectors,
    long dangling,
    Long deadBlobs,
    long liveBlobBytes,
    Long deadBlobBytes,
    Long footerBytes,
    Long pinnedBytes,
    long deletedRows,
    long dataRows,
    double deletedRowRatio,
    double maxDeletedRowRatio,
    long filesOverRatio,
    Map<String, Long> vectorsByCardinality,
    Map<String, Long> filesByRatio,
    Integer deleteManifests,
    Integer positionDeleteFiles,
    Integer equalityDeleteFiles,
    Advice advice) {}
