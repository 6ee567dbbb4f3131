package io.nameplate.sandbox.dns;

import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// An answer in the making: echoes the question, and signatures only to those who ask for them.
final class Reply {
  /// What fits through every path without fragments (DNS flag day 2020).
  static final int MAX_UDP_BYTES = 1_232;

  private static final int PLAIN_UDP_BYTES = 512;

  private final Message query;
  private final Message message;

  Reply(Message query) {
    this.query = query;
    this.message = new Message(query.getHeader().getID());
    var header = message.getHeader();
    header.setFlag(Flags.QR);
    header.setOpcode(query.getHeader().getOpcode());
    copyFlag(Flags.RD);
    copyFlag(Flags.CD);
    var question = query.getQuestion();
    if (question != null) {
      message.addRecord(question, Section.QUESTION);
    }
  }

  private void copyFlag(int flag) {
    if (query.getHeader().getFlag(flag)) {
      message.getHeader().setFlag(flag);
    }
  }

  /// Whether the asker wants signatures (the DO bit of RFC 3225).
  boolean wantsSignatures() {
    var opt = query.getOPT();
    return opt != null && (opt.getFlags() & ExtendedFlags.DO) != 0;
  }

  Reply flag(int flag) {
    message.getHeader().setFlag(flag);
    return this;
  }

  Reply rcode(int rcode) {
    message.getHeader().setRcode(rcode);
    return this;
  }

  /// Adds the records, and their signatures where they are wanted. Twice is once.
  void add(int section, RRset set) {
    set.rrs(false).forEach(each -> add(section, each));
    if (wantsSignatures()) {
      set.sigs().forEach(each -> add(section, each));
    }
  }

  void add(int section, Record each) {
    if (!message.findRecord(each, section)) {
      message.addRecord(each, section);
    }
  }

  /// The finished answer.
  Message message() {
    if (query.getOPT() != null && message.getOPT() == null) {
      message.addRecord(new OPTRecord(MAX_UDP_BYTES, 0, 0, flags()), Section.ADDITIONAL);
    }
    return message;
  }

  /// The finished answer with a reason (RFC 8914) for those who speak EDNS.
  Message because(int code, String text) {
    if (query.getOPT() != null) {
      var reason = new ExtendedErrorCodeOption(code, text);
      message.addRecord(new OPTRecord(MAX_UDP_BYTES, 0, 0, flags(), reason), Section.ADDITIONAL);
    }
    return message;
  }

  private int flags() {
    return wantsSignatures() ? ExtendedFlags.DO : 0;
  }

  /// Bytes of an answer by UDP. One that does not fit what the asker takes is cut to its head.
  static byte[] toUdp(Message query, Message answer) {
    var opt = query.getOPT();
    int limit =
        opt == null
            ? PLAIN_UDP_BYTES
            : Math.clamp(opt.getPayloadSize(), PLAIN_UDP_BYTES, MAX_UDP_BYTES);
    var wire = answer.toWire(Message.MAXLENGTH);
    return wire.length <= limit ? wire : truncated(query, answer).toWire(limit);
  }

  /// The head of an answer with the TC bit: ask again by TCP.
  static Message truncated(Message query, Message answer) {
    var reply = new Reply(query).flag(Flags.TC).rcode(answer.getHeader().getRcode());
    if (answer.getHeader().getFlag(Flags.AA)) {
      reply.flag(Flags.AA);
    }
    return reply.message();
  }

  static Message error(Message query, int rcode) {
    return new Reply(query).rcode(rcode).message();
  }

  /// Whether such records only serve validation, so that an asker without DO does not get them.
  static boolean isForValidation(int type) {
    return type == Type.RRSIG || type == Type.NSEC || type == Type.NSEC3;
  }
}
