/// Who is looking: a session begins with an API key, which stays on the server.
@NullMarked
package io.nameplate.ui.signin;

import org.jspecify.annotations.NullMarked;
