package io.breakwater.wal.log;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an engine stores of the owner of a workspace, as UTF-8 text, the name form-encoded:
 *
 * <pre>
 * breakwater-owner 1
 * name=NAME
 * epoch=N
 * since=milliseconds since the epoch
 * </pre>
 */
public record OwnerRecord(String name, long epoch, long since) {

  private static final String HEADER = "breakwater-owner 1";

  private static final Pattern TEXT =
      Pattern.compile(HEADER + "\nname=([^\n]*)\nepoch=(\\d{1,18})\nsince=(\\d{1,18})\n");

  /** The next owner. */
  public OwnerRecord next(String newName, long now) {
    return new OwnerRecord(newName, epoch + 1, now);
  }

  /** As it is stored. */
  public byte[] encode() {
    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8);
    return (HEADER + "\nname=" + encoded + "\nepoch=" + epoch + "\nsince=" + since + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param place where it was read, for the message
   * @throws LogVersionException if a later plugin has written it
   * @throws LogCorruptException if it is anything else
   */
  public static OwnerRecord decode(byte[] bytes, String place) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    LogVersionException.requireKnown("read the owner of a workspace", place, text, HEADER);
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new LogCorruptException(
          "Cannot read the owner of a workspace: "
              + place
              + " is no '"
              + HEADER
              + "' but '"
              + text.strip()
              + "'");
    }
    return new OwnerRecord(
        URLDecoder.decode(matcher.group(1), StandardCharsets.UTF_8),
        Long.parseLong(matcher.group(2)),
        Long.parseLong(matcher.group(3)));
  }

  /** With what can be seen of its processes. */
  public Owner owner(int liveProcesses) {
    return new Owner(name, epoch, since, liveProcesses);
  }
}
