import Foundation
import Testing

@testable import Reports

struct MomentTests {
    @Test func `a time has its zone and its age`() {
        #expect(Moment.text(Samples.now, now: Samples.ago(9), zone: Samples.berlin) == "2026-12-03 09:00 CET (in 9d)")
        #expect(
            Moment.text(Samples.ago(3 + 4.0 / 24), now: Samples.now, zone: Samples.berlin)
                == "2026-11-30 05:00 CET (3d 4h ago)"
        )
        #expect(Moment.text(Samples.now, now: Samples.now, zone: .gmt) == "2026-12-03 08:00 UTC (now)")
    }

    @Test(arguments: [
        ("Europe/Berlin", "2026-07-01 14:00 CEST"), ("America/New_York", "2026-07-01 08:00 EDT"),
        ("Asia/Tokyo", "2026-07-01 21:00 UTC+9"),
        ("Asia/Kolkata", "2026-07-01 17:30 UTC+5:30"), ("UTC", "2026-07-01 12:00 UTC"),
        ("Europe/London", "2026-07-01 13:00 BST"),
        ("America/Sao_Paulo", "2026-07-01 09:00 UTC-3"), ("Pacific/Kiritimati", "2026-07-02 02:00 UTC+14"),
    ])
    func `the zone is named as people there name it`(_ zone: String, _ expected: String) throws {
        let zone = try #require(TimeZone(identifier: zone))
        #expect(Moment(now: Samples.now, zone: zone).plain(Samples.date("2026-07-01T12:00:00Z")) == expected)
    }

    @Test func `a reason that was kept in UTC is read in the zone of what stands beside it`() throws {
        let moment = Moment(now: Samples.now, zone: Samples.berlin)
        #expect(
            moment.localised("leased until 2026-12-10 23:30 UTC by anna; then 2026-07-01 00:00 UTC.")
                == "leased until 2026-12-11 00:30 CET by anna; then 2026-07-01 02:00 CEST."
        )
        for text in [
            "2026-12-10 23:30 UTC+1", "2026-13-10 23:30 UTC", "2026-12-10 24:30 UTC", "12-10 23:30 UTC", "UTC", "",
            "“2026-12-10” 23:30 UTC",
        ] { #expect(moment.localised(text) == text) }
        let utc = Moment(now: Samples.now, zone: .gmt)
        #expect(utc.localised("until 2026-12-10 23:30 UTC") == "until 2026-12-10 23:30 UTC")
    }

    @Test func `absurd dates neither crash nor lie about the day`() {
        let moment = Moment(now: Samples.now, zone: Samples.berlin)
        for date in [
            Date.distantPast, .distantFuture, Date(timeIntervalSince1970: -1), Date(timeIntervalSince1970: 1e18),
        ] {
            #expect(!moment.text(date).isEmpty)
            #expect(!JSONText.time(date).isEmpty)
        }
        #expect(moment.plain(Date(timeIntervalSince1970: -1)) == "1970-01-01 00:59 CET")
        #expect(JSONText.time(Date(timeIntervalSince1970: -1)) == "1969-12-31T23:59:59Z")
    }
}
