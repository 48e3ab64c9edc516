package io.breakwater.pages;

/**
 * A text that a program may say.
 *
 * @param source the file that has it
 * @param text its words, with {@link Wording#ANY} for what differs
 * @param mustBeOnThePage whether a user who sees it may ask what it means
 */
record CodeText(String source, String text, boolean mustBeOnThePage) {}
