/// Certificates, tries at them, and when to replace them.
@NullMarked
package io.nameplate.certificates;

import org.jspecify.annotations.NullMarked;
