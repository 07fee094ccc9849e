import Core
import Foundation
import Testing

@Suite struct TTLTagTests {
    private func value(_ key: String, _ text: String) -> TTLValue? {
        ttlTags(in: [key: text]).first?.value
    }

    @Test(arguments: [
        ("ttl", "7d", 604_800), ("TTL", "36h", 129_600), ("janitor/ttl", "2w", 1_209_600), ("ttl", "PT72H", 259_200),
        ("ttl", "P7D", 604_800), ("ttl", "P1DT12H", 129_600), ("ttl", "7D", 604_800), ("ttl", "7 days", 604_800),
        ("ttl", "1 week", 604_800), ("ttl", "90min", 5_400), ("expires", "7d", 604_800),
        ("delete_after", "3d", 259_200),
        ("ttl_hours", "72", 259_200), ("TTLHours", "72", 259_200), ("ttl-days", "3", 259_200),
        ("ttl-hours", "3d", 259_200),
    ])
    func `a lifetime counts from the creation`(key: String, text: String, seconds: Int) {
        #expect(value(key, text) == .expiresAfter(.seconds(seconds)))
    }

    @Test(arguments: [
        ("1970-01-01", 0), ("2026-03-01", 1_772_323_200), ("2024-02-29", 1_709_164_800), ("2000-03-01", 951_868_800),
        ("2026/03/01", 1_772_323_200), ("2026-03-01T10:00", 1_772_359_200), ("2026-03-01T10:00:30Z", 1_772_359_230),
        ("2026-03-01 10:00:30", 1_772_359_230), ("2026-03-01T10:00:30+02:00", 1_772_352_030),
        ("2026-03-01T10:00:30-0130", 1_772_364_630), ("2026-03-01t10:00:30z", 1_772_359_230),
        ("2026-03-01T10:00 UTC", 1_772_359_200),
    ])
    func `a date is an end, and a day alone its midnight in UTC`(text: String, seconds: Int) {
        for key in ["expires", "Expires-At", "janitor/expires", "ttl", "delete-after", "cloud-nuke-after"] {
            #expect(value(key, text) == .expiresAt(Date(timeIntervalSince1970: TimeInterval(seconds))), "\(key)")
        }
    }

    /// As `TagDelayedAction` of Cloud Custodian writes them, with its own template, another message, and hours.
    @Test(arguments: [
        ("Resource does not meet policy: delete@2026/03/01", 1_772_323_200),
        ("Resource does not meet policy: terminate@2026/03/01 1000 UTC", 1_772_359_200),
        ("Unused since 10:00: remove@2026/03/01", 1_772_323_200), (": delete@2026/03/01 0000 UTC", 1_772_323_200),
    ])
    func `a mark of Cloud Custodian is an end where it deletes`(text: String, seconds: Int) {
        for key in ["maid_status", "custodian_status"] {
            #expect(value(key, text) == .expiresAt(Date(timeIntervalSince1970: TimeInterval(seconds))))
        }
    }

    @Test func `R4 a mark that cannot be read means keep, and one for something else is no end`() {
        for text in ["stop@2026/03/01", "notify@2026/03/01", "mark@soon"] {
            #expect(value("maid_status", "Resource does not meet policy: \(text)") == nil)
        }
        for text in [
            "", "delete@2026/03/01", "Resource does not meet policy: delete",
            "Resource does not meet policy: @2026/03/01",
            "Resource does not meet policy: delete@soon", "Resource does not meet policy: delete@03/01/2026",
            "Resource does not meet policy: delete@2026/03/01 1300 EST",
            "Resource does not meet policy: delete@2026/03/01 2460 UTC",
        ] {
            #expect(value("maid_status", text) == .unparsable(text))
        }
    }

    @Test func `an epoch counts under a key that names a moment, and nowhere else`() {
        for key in ["expires", "expires_at", "expiration", "ExpireOn", "delete-after", "autodelete", "janitor/expires"]
        {
            #expect(value(key, "1772359200") == .expiresAt(Date(timeIntervalSince1970: 1_772_359_200)), "\(key)")
            #expect(value(key, "1772359200500") == .expiresAt(Date(timeIntervalSince1970: 1_772_359_200.5)), "\(key)")
            for text in ["72", "177235920", "17723592000", "0123456789"] {
                #expect(value(key, text) == .unparsable(text), "\(key)")
            }
        }
        #expect(value("lifetime", "1772359200") == .unparsable("1772359200"))
        #expect(value("ttl-hours", "1772359200") != .expiresAt(Date(timeIntervalSince1970: 1_772_359_200)))
    }

    /// Values in the sources and manuals of kube-janitor (`helper.py`) and cloud-nuke (`config.go`).
    @Test func `the tags of other tools`() {
        for (key, text, expected) in [
            ("janitor/ttl", "5m", TTLValue.expiresAfter(.seconds(300))),
            ("janitor/ttl", "86400s", .expiresAfter(.seconds(86_400))),
            ("janitor/ttl", "forever", .never),
            ("janitor/expires", "2019-03-04T12:30:00Z", .expiresAt(Date(timeIntervalSince1970: 1_551_702_600))),
            ("janitor/expires", "2019-03-04T12:30", .expiresAt(Date(timeIntervalSince1970: 1_551_702_600))),
            ("janitor/expires", "2019-03-04", .expiresAt(Date(timeIntervalSince1970: 1_551_657_600))),
            ("cloud-nuke-after", "2024-09-01T00:00:00Z", .expiresAt(Date(timeIntervalSince1970: 1_725_148_800))),
            ("cloud-nuke-after", "2024-09-01 00:00:00", .expiresAt(Date(timeIntervalSince1970: 1_725_148_800))),
            ("cloud-nuke-excluded", "true", .never), ("janitor/ttl", "5y", .unparsable("5y")),
            ("auto-delete", "true", .unparsable("true")), ("auto-delete", "no", .never),
        ] { #expect(value(key, text) == expected, "\(key)=\(text)") }
    }

    @Test func `dates agree with Foundation through four centuries`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for day in stride(from: 0, to: 146_097, by: 97) {
            let date = Date(timeIntervalSince1970: TimeInterval(day) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let (year, month, number) = try (#require(parts.year), #require(parts.month), #require(parts.day))
            let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(number < 10 ? "0" : "")\(number)"
            #expect(value("expires", text) == .expiresAt(date), "\(text)")
        }
    }

    @Test(arguments: ["forever", "Never", " none ", "false"])
    func `for ever is never`(text: String) {
        #expect(value("ttl", text) == .never)
        #expect(value("auto-delete", text) == .never)
    }

    @Test func `a flag to keep counts unless it says no`() {
        for text in ["true", "yes", "", "1"] { #expect(value("Do-Not-Delete", text) == .never) }
        for text in ["false", "no", "0"] { #expect(value("keep", text) == nil) }
        #expect(value("keep", "until launch") == .unparsable("until launch"))
        #expect(value("cloud-nuke-excluded", "true") == .never)
    }

    @Test(arguments: [
        "", "7", "72", "1772323200", "soon", "true", "7x", "-7d", "0d", "PT0S", "1.5d", "P1M", "P1Y", "3M", "1 month",
        "2026-02-30", "2023-02-29", "2026-13-01", "2026-00-10", "2026-3-1", "01.03.2026", "01/03/2026", "03-01-2026",
        "2026-03-01T24:00", "2026-03-01T10:60", "2026-03-01T10", "2026-03-01T10:00:60Z", "2026-03-01Zx", "2026-03",
        "2026-03-01T10:00:00+2", "2026-03-01T10:00:00 CET", "2026/03-01", "PT", "P", "P1DT", "99999999999d",
        "1969-12-31",
    ])
    func `R4 a TTL that cannot be read with certainty is reported and means keep`(text: String) {
        let tags = ttlTags(in: ["ttl": text])
        #expect(tags.map(\.value) == [.unparsable(text)])
        let created = Date(timeIntervalSince1970: 0)
        let all = tags + ttlTags(in: ["expires": "2026-03-01"])
        #expect(tags.first.map { ttlConclusion(of: all, created: created) == .keep(because: $0) } == true)
    }

    @Test func `R4 a lifetime without a known creation has no end`() throws {
        let tags = ttlTags(in: ["ttl": "7d", "expires": "2026-03-01"])
        let lifetime = try #require(tags.last)
        #expect(ttlConclusion(of: tags, created: nil) == .unknown(because: lifetime))
    }

    @Test func `of several ends the latest counts`() {
        let tags = ttlTags(in: ["ttl": "7d", "expires": "1970-01-03"])
        #expect(
            ttlConclusion(of: tags, created: Date(timeIntervalSince1970: 0))
                == .ends(at: Date(timeIntervalSince1970: 604_800))
        )
        #expect(ttlConclusion(of: [], created: nil) == .absent)
    }

    @Test func `other tags are no TTL`() {
        #expect(ttlTags(in: ["Name": "7d", "title": "2026-03-01", "owner": "anna", "ttlx": "7d"]).isEmpty)
        #expect(
            ttlTags(in: ["retention": "7d"], keys: TTLKeys(ends: ["Retention"], keeps: [])).map(\.key) == ["retention"]
        )
    }
}
