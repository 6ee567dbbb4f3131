package io.nameplate.adapters.dns;

import io.nameplate.addresses.AddressText;
import io.nameplate.dns.Reply;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/// One question to one server: by UDP from a port and with an id nobody can guess, asked twice,
/// then by TCP if the answer was cut short. Blocks; meant for virtual threads.
final class DnsExchange {
  /// The largest answer that travels without fragments (RFC 9715).
  private static final int UDP_BYTES = 1232;

  /// Servers may ignore what was asked for; four kilobytes was the custom before.
  private static final int LONGEST_UDP = 4096;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Budget budget;
  private final DnsSettings.Limits limits;

  DnsExchange(Budget budget, DnsSettings.Limits limits) {
    this.budget = budget;
    this.limits = limits;
  }

  /// How the question is put.
  enum Manner {
    /// To a zone's own server.
    AUTHORITY,
    /// To a resolver that validates.
    RESOLVER,
    /// To a resolver, without validation: tells broken signatures from other failures.
    RESOLVER_UNCHECKED
  }

  Heard ask(InetSocketAddress server, Name name, int type, Manner manner) {
    if (budget.isSilent(server)) {
      return nothing(Reply.Failure.SILENT, "no answer, as before");
    }
    var query = query(name, type, manner, true);
    var heard = send(server, query, manner);
    if (heard instanceof Heard.Answer(var message) && refusesEdns(message)) {
      return send(server, query(name, type, manner, false), manner);
    }
    return heard;
  }

  private static boolean refusesEdns(Message message) {
    int rcode = message.getRcode();
    return rcode == Rcode.FORMERR || (rcode == Rcode.NOTIMP && message.getOPT() == null);
  }

  private static Message query(Name name, int type, Manner manner, boolean edns) {
    var query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    query.getHeader().setID(RANDOM.nextInt(1 << 16));
    switch (manner) {
      case AUTHORITY -> query.getHeader().unsetFlag(Flags.RD);
      case RESOLVER -> query.getHeader().setFlag(Flags.AD);
      case RESOLVER_UNCHECKED -> query.getHeader().setFlag(Flags.CD);
    }
    if (edns) {
      query.addRecord(new OPTRecord(UDP_BYTES, 0, 0), Section.ADDITIONAL);
    }
    return query;
  }

  private Heard send(InetSocketAddress server, Message query, Manner manner) {
    boolean authority = manner == Manner.AUTHORITY;
    var first = udp(server, query, authority ? limits.firstTry() : limits.resolverTry());
    if (first instanceof Heard.Answer(var message)) {
      return message.getHeader().getFlag(Flags.TC) ? tcp(server, query) : first;
    }
    if (first instanceof Heard.Nothing(var why) && why.failure() != Reply.Failure.SILENT) {
      return first;
    }
    var second = udp(server, query, authority ? limits.secondTry() : limits.resolverTry());
    if (second instanceof Heard.Answer(var message)) {
      return message.getHeader().getFlag(Flags.TC) ? tcp(server, query) : second;
    }
    if (second instanceof Heard.Nothing(var why) && why.failure() == Reply.Failure.SILENT) {
      budget.foundSilent(server);
    }
    return second;
  }

  private Heard udp(InetSocketAddress server, Message query, Duration wanted) {
    if (!budget.take(server)) {
      return nothing(Reply.Failure.NOT_ASKED, "not asked: this look's share was used up");
    }
    long until = System.nanoTime() + budget.atMost(wanted).toNanos();
    try (var socket = new DatagramSocket()) {
      // Connected: the system drops what others send, and tells when nobody listens.
      socket.connect(server);
      byte[] wire = query.toWire();
      socket.send(new DatagramPacket(wire, wire.length));
      return receive(socket, query, until);
    } catch (SocketTimeoutException e) {
      return nothing(Reply.Failure.SILENT, "no answer");
    } catch (PortUnreachableException e) {
      return nothing(Reply.Failure.SILENT, "nobody listens there");
    } catch (IOException e) {
      return nothing(Reply.Failure.SILENT, "cannot be asked: " + e.getMessage());
    }
  }

  /// Waits for the answer to this very query; what does not match is somebody's guess and ignored.
  private static Heard receive(DatagramSocket socket, Message query, long until)
      throws IOException {
    var packet = new DatagramPacket(new byte[LONGEST_UDP], LONGEST_UDP);
    while (true) {
      socket.setSoTimeout(leftMillis(until));
      socket.receive(packet);
      var wire = java.util.Arrays.copyOf(packet.getData(), packet.getLength());
      if (wire.length < 12 || ByteBuffer.wrap(wire).getChar(0) != query.getHeader().getID()) {
        continue;
      }
      return read(wire, query);
    }
  }

  private Heard tcp(InetSocketAddress server, Message query) {
    if (!budget.take(server)) {
      return nothing(Reply.Failure.NOT_ASKED, "not asked: this look's share was used up");
    }
    long until = System.nanoTime() + budget.atMost(limits.tcp()).toNanos();
    try (var socket = new Socket()) {
      socket.connect(server, leftMillis(until));
      byte[] wire = query.toWire();
      socket
          .getOutputStream()
          .write(
              ByteBuffer.allocate(wire.length + 2).putChar((char) wire.length).put(wire).array());
      int length = ByteBuffer.wrap(readFully(socket, 2, until)).getChar();
      var answer = readFully(socket, length, until);
      return read(answer, query);
    } catch (SocketTimeoutException e) {
      return nothing(Reply.Failure.SILENT, "answer cut short, and no answer by TCP");
    } catch (ConnectException e) {
      return nothing(Reply.Failure.SILENT, "answer cut short, and nobody listens by TCP");
    } catch (IOException e) {
      return nothing(Reply.Failure.GARBLED, "answer cut short, and broken off by TCP");
    }
  }

  /// A server that sends a byte now and then does not get more time by it.
  private static byte[] readFully(Socket socket, int length, long until) throws IOException {
    var bytes = new byte[length];
    int have = 0;
    while (have < length) {
      socket.setSoTimeout(leftMillis(until));
      int read = socket.getInputStream().read(bytes, have, length - have);
      if (read < 0) {
        throw new EOFException();
      }
      have += read;
    }
    return bytes;
  }

  private static int leftMillis(long until) throws SocketTimeoutException {
    long left = (until - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException();
    }
    return (int) left;
  }

  private static Heard read(byte[] wire, Message query) {
    try {
      var message = new Message(wire);
      var asked = message.getQuestion();
      boolean mine =
          message.getHeader().getFlag(Flags.QR)
              && message.getHeader().getID() == query.getHeader().getID()
              // Some servers leave the question out of a refusal.
              && (asked == null
                  ? message.getRcode() != Rcode.NOERROR
                  : asked.equals(query.getQuestion()));
      return mine
          ? new Heard.Answer(message)
          : nothing(Reply.Failure.GARBLED, "an answer to another question");
    } catch (IOException | RuntimeException e) {
      // dnsjava meets some malformed records with unchecked exceptions.
      return nothing(Reply.Failure.GARBLED, "an answer that is no DNS message");
    }
  }

  static Heard.Nothing nothing(Reply.Failure failure, String detail) {
    return new Heard.Nothing(new Reply.Failed(failure, detail));
  }

  static String shown(InetSocketAddress server) {
    var host = AddressText.of(server.getAddress());
    return server.getPort() == 53
        ? host
        : (host.contains(":") ? "[" + host + "]" : host) + ":" + server.getPort();
  }
}
