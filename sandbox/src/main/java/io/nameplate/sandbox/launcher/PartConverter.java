package io.nameplate.sandbox.launcher;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a part's name from the command line.
final class PartConverter implements ITypeConverter<Part> {
  @Override
  public Part convert(String label) {
    return Part.named(label)
        .orElseThrow(() ->
            new TypeConversionException(
                "\"%s\" is no part (expected: one of %s)"
                    .formatted(label, String.join(", ", Part.labels()))));
  }
}
