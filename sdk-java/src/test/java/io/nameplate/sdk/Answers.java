package io.nameplate.sdk;

/// Bodies as the API sends them.
final class Answers {

  private Answers() {}

  static String domain(String id, String hostname, String status) {
    return """
    {"id":"%s","team_id":"tea_1","hostname":"%s","hostname_unicode":"%s","status":"%s",
     "origin":{"url":"https://origin.example.net","host_header":"visitor"},
     "cluster_id":"clu_1","holder":true,"transfer":"none",
     "conditions":[
       {"type":"ownership","state":"ok","reason":"cname-proves","message":"The CNAME is this domain's own.","evidence":[],"who":"nobody",
        "since":"2026-11-01T10:00:00Z"},
       {"type":"dns","state":"failing","reason":"no-such-name","message":"There is no such name: %s.",
        "evidence":[{"source":"ns1.example (192.0.2.1)","question":"%s CNAME","answer":"NXDOMAIN","at":"2026-11-01T10:00:01Z"}],
        "who":"customer","fix":{"action":"set_record","text":"Add this record.","record_type":"CNAME","fqdn":"%s","value":"abc.edge.example"},
        "since":"2026-11-01T10:00:00Z","checked_at":"2026-11-01T10:00:01Z","next_check_at":"2026-11-01T10:00:06Z"}],
     "dns_records":[{"type":"CNAME","name":"shop","fqdn":"%s","value":"abc.edge.example","purpose":"routing","required":true,"seen":false}],
     "nodes":[{"id":"nod_1","name":"edge-1","state":"current","proved_at":"2026-11-01T10:00:02Z"}],
     "created_at":"2026-11-01T10:00:00Z","updated_at":"2026-11-01T10:00:01.123456Z"}\
    """
        .formatted(id, hostname, hostname, status, hostname, hostname, hostname, hostname);
  }

  static String problem(int status, String code, String detail) {
    return """
    {"type":"https://nameplate.example/problems/%s","title":"Refused","status":%d,"detail":"%s","request_id":"req_1"}\
    """
        .formatted(code, status, detail);
  }
}
