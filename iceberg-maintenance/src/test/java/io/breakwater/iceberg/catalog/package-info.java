/** The procedures on each kind of catalog and on object storage, all of them real and local. */
package io.breakwater.iceberg.catalog;
