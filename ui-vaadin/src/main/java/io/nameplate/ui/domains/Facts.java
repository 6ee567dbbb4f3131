package io.nameplate.ui.domains;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.nameplate.sdk.Certificate;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainNode;
import io.nameplate.sdk.NodeState;
import io.nameplate.sdk.Origin;
import java.util.List;
import java.util.Optional;

/// What stands beside the checklist: origin, certificate, nodes, and the domain's id.
final class Facts extends Div {

  private transient List<Object> shown = List.of();

  Facts() {
    addClassName("facts");
  }

  void show(Domain domain) {
    List<Object> now =
        List.of(domain.origin(), domain.certificate(), domain.nodes(), domain.createdAt());
    if (now.equals(shown)) {
      return;
    }
    shown = now;
    removeAll();
    add(
        origin(domain.origin()),
        certificate(domain.certificate()),
        nodes(domain.nodes()),
        identity(domain));
  }

  private static Component origin(Origin origin) {
    var list = new DescriptionList();
    entry(list, "Address", code(origin.url()));
    entry(list, "Sees as host", new Span(Wording.of(origin.hostHeader())));
    return section("Origin", list);
  }

  private static Component certificate(Optional<Certificate> certificate) {
    if (certificate.isEmpty()) {
      var none = new Paragraph("None yet. It is ordered when DNS is right.");
      none.addClassName("hint");
      return section("Certificate", none);
    }
    var present = certificate.get();
    var list = new DescriptionList();
    entry(list, "Issued by", new Span(present.issuer()));
    entry(list, "Valid from", new Moment(present.notBefore()));
    entry(list, "Valid until", new Moment(present.notAfter()));
    present.renewFrom().ifPresent(from -> entry(list, "Renewed from", new Moment(from)));
    entry(list, "Serial", code(present.serial()));
    entry(list, "SHA-256", code(present.fingerprintSha256()));
    return section("Certificate", list);
  }

  private static Component nodes(List<DomainNode> nodes) {
    var list = new DescriptionList();
    for (var node : nodes) {
      var state = new Span(Wording.of(node.state()));
      state.setClassName("badge " + tone(node.state()));
      var answer = new Div(state);
      node.provedAt()
          .ifPresent(at -> {
            var proved = new Div(new Span("proved "), new Moment(at));
            proved.addClassName("note");
            answer.add(proved);
          });
      entry(list, node.name(), answer);
    }
    return section("Nodes", list);
  }

  private static String tone(NodeState state) {
    return switch (state) {
      case CURRENT -> "good";
      case BEHIND, JOINING -> "busy";
      case SILENT -> "bad";
      case UNRECOGNIZED -> "quiet";
    };
  }

  private static Component identity(Domain domain) {
    var list = new DescriptionList();
    var id = new Div(code(domain.id()), new CopyButton(domain.id(), "the id"));
    id.addClassName("copied");
    entry(list, "Id", id);
    entry(list, "Added", new Moment(domain.createdAt()));
    return section("Domain", list);
  }

  private static Section section(String title, Component content) {
    var section = new Section(new H2(title), content);
    section.addClassName("card");
    section.getElement().setAttribute("aria-label", title);
    return section;
  }

  private static void entry(DescriptionList list, String name, Component value) {
    list.add(new DescriptionList.Term(name));
    list.add(new DescriptionList.Description(value));
  }

  private static Component code(String text) {
    var code = new Span(text);
    code.addClassName("code");
    return code;
  }
}
