/// How the dashboard is served: Jetty, Vaadin's start-up without a container's class scan, and what
/// every answer carries for security.
@NullMarked
package io.nameplate.ui.server;

import org.jspecify.annotations.NullMarked;
