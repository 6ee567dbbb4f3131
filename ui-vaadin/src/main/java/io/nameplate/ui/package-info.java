/// The dashboard: a process of its own that knows the API only through the SDK.
@NullMarked
package io.nameplate.ui;

import org.jspecify.annotations.NullMarked;
