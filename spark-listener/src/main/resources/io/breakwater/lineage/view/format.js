/** Times, durations and sizes as people read them. Times are in UTC, as in the events. */
const Format = (() => {
  const SIGNS = { COMPLETE: "✓", FAIL: "✕", ABORT: "⊘", RUNNING: "▶" };

  function time(millis) {
    return new Date(millis).toISOString().replace("T", " ").slice(0, 19);
  }

  function duration(millis) {
    if (millis < 1000) {
      return `${Math.max(0, Math.round(millis))} ms`;
    }
    const seconds = millis / 1000;
    if (seconds < 60) {
      return `${seconds.toFixed(1)} s`;
    }
    const whole = Math.round(seconds);
    const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const padded = parts.map((part) => String(part).padStart(2, "0"));
    return parts[0] > 0 ? `${parts[0]}:${padded[1]}:${padded[2]} h` : `${parts[1]}:${padded[2]} min`;
  }

  /** The duration of a run; of one that has not ended, how long it has been heard of. */
  function runDuration(run) {
    if (run.end === undefined) {
      return run.last > run.start ? `${duration(run.last - run.start)} so far` : "not ended";
    }
    return run.end > run.start ? duration(run.end - run.start) : "no start";
  }

  function bytes(value) {
    let scaled = value;
    for (const unit of ["B", "KiB", "MiB", "GiB", "TiB"]) {
      if (scaled < 1024 || unit === "TiB") {
        return unit === "B" ? `${scaled} B` : `${scaled.toFixed(1)} ${unit}`;
      }
      scaled /= 1024;
    }
    return String(value);
  }

  function number(value) {
    return value.toLocaleString("en");
  }

  function count(value, one, many) {
    return `${number(value)} ${value === 1 ? one : many}`;
  }

  function status(value) {
    return `${SIGNS[value] || "?"} ${value}`;
  }

  function transformation([type, subtype, description, masking]) {
    return [type, subtype, masking ? "masking" : "", description].filter((part) => part !== "").join(" ");
  }

  function transformations(list) {
    return list.length === 0 ? "not told" : list.map(transformation).join("; ");
  }

  return { time, duration, runDuration, bytes, number, count, status, transformation, transformations };
})();
