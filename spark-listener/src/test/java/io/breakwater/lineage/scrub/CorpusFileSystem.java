package io.breakwater.lineage.scrub;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Stands in for the stores of all addresses of {@link Address#corpus}: paths with whatever scheme
 * and authority are files below the directory {@link #ROOT}.
 */
public final class CorpusFileSystem extends RawLocalFileSystem {

  static final String ROOT = "corpus.root";

  private URI name;

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    super.initialize(uri, configuration);
    name = URI.create(uri.getScheme() + "://" + uri.getRawAuthority());
    Files.createDirectories(pathToFile(new Path("/")).toPath());
  }

  @Override
  public URI getUri() {
    return name == null ? super.getUri() : name;
  }

  @Override
  public String getScheme() {
    return getUri().getScheme();
  }

  @Override
  public File pathToFile(Path path) {
    String authority = name.getRawAuthority().replaceAll("[^a-zA-Z0-9]", "_");
    return new File(
        getConf().get(ROOT) + "/" + name.getScheme() + "/" + authority + path.toUri().getPath());
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    FileStatus status = super.getFileStatus(path);
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        1,
        status.getBlockSize(),
        status.getModificationTime(),
        makeQualified(path));
  }
}
