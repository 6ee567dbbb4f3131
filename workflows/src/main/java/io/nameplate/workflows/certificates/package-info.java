/// The steps from "this domain needs a certificate" to one that is stored, and what keeps it fresh.
@NullMarked
package io.nameplate.workflows.certificates;

import org.jspecify.annotations.NullMarked;
