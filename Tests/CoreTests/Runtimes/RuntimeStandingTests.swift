import Core
import Foundation
import Testing

func day(_ text: String) -> CalendarDay { CalendarDay(text: text) ?? CalendarDay(daysSince1970: 0) }

/// Where a runtime stands on a day, at the edges above all.
@Suite struct RuntimeStandingTests {
    private let table = RuntimeTable(
        asOf: day("2026-08-16"),
        entries: [
            RuntimeTable.Entry(
                identifier: "nodejs20.x",
                label: "Node.js 20",
                deprecation: day("2026-04-30"),
                createBlock: day("2027-02-01"),
                updateBlock: day("2027-03-03")
            ),
            // AWS blocked creation a month before the deprecation.
            RuntimeTable.Entry(
                identifier: "nodejs6.10",
                deprecation: day("2019-08-12"),
                createBlock: day("2019-07-12"),
                updateBlock: day("2019-08-12")
            ),
            RuntimeTable.Entry(identifier: "dotnet9", deprecation: day("2026-11-10")),
            RuntimeTable.Entry(identifier: "python3.15", deprecation: nil),
        ]
    )

    private func state(_ runtime: String?, _ moment: String) throws -> RuntimeState {
        table.standing(of: runtime, now: try Date(moment, strategy: .iso8601)).state
    }

    @Test(arguments: [
        ("2025-10-31T23:59:59Z", RuntimeState.supported), ("2025-11-01T00:00:00Z", .ending),
        ("2026-04-29T23:59:59Z", .ending), ("2026-04-30T00:00:00Z", .deprecated),
        ("2027-01-31T23:59:59Z", .deprecated), ("2027-02-01T00:00:00Z", .creationBlocked),
        ("2027-03-02T23:59:59Z", .creationBlocked), ("2027-03-03T00:00:00Z", .updateBlocked),
        ("2099-01-01T00:00:00Z", .updateBlocked), ("1970-01-01T00:00:00Z", .supported),
    ])
    func `each date counts from its first second in UTC, and 180 days are 180 days`(
        moment: String,
        expected: RuntimeState
    ) throws {
        #expect(try state("nodejs20.x", moment) == expected)
    }

    @Test(arguments: [
        ("2019-01-12T23:59:59Z", RuntimeState.supported), ("2019-01-13T00:00:00Z", .ending),
        ("2019-07-11T23:59:59Z", .ending), ("2019-07-12T00:00:00Z", .creationBlocked),
        ("2019-08-12T00:00:00Z", .updateBlocked),
    ])
    func `no order of the dates is taken for granted`(moment: String, expected: RuntimeState) throws {
        #expect(try state("nodejs6.10", moment) == expected)
    }

    @Test func `what the table does not know is unknown, and says why`() throws {
        let now = try Date("2026-11-23T12:00:00Z", strategy: .iso8601)
        for (runtime, because) in [
            ("cobol1.x", "unknown to the table of 2026-08-16"), (nil, "AWS names no runtime for it"),
            ("python3.15", "the table of 2026-08-16 has no dates for it"),
        ] as [(String?, String)] {
            let standing = table.standing(of: runtime, now: now)
            #expect(standing.state == .unknown && standing.because == because && standing.next == nil)
            #expect(table.deprecation(of: runtime) == .unknown(reason: because))
        }
        #expect(RuntimeTable.empty.standing(of: "nodejs20.x", now: now).because == "unknown to the table")
    }

    @Test func `what comes next is the nearest date to come`() throws {
        let now = try Date("2026-11-23T12:00:00Z", strategy: .iso8601)
        let standing = table.standing(of: "nodejs20.x", now: now)
        #expect(standing.next?.state == .creationBlocked && standing.next?.day == day("2027-02-01"))
        #expect(table.standing(of: "dotnet9", now: now).next == nil)
        #expect(table.standing(of: "nodejs6.10", now: now).next == nil)
        #expect(table.deprecation(of: "nodejs6.10") == .known(day("2019-07-12")))
    }

    @Test func `time only ever takes a runtime further out, and deprecated agrees with the policy's day`() throws {
        var numbers = SeededNumbers(state: 41)
        let order: [RuntimeState] = [.supported, .ending, .deprecated, .creationBlocked, .updateBlocked]
        var moved = 0
        for _ in 0..<500 {
            let base = Int.random(in: 15_000...25_000, using: &numbers)
            func some() -> CalendarDay? {
                numbers.chance(15) ? nil : CalendarDay(daysSince1970: base + .random(in: -200...200, using: &numbers))
            }
            let entry = RuntimeTable.Entry(
                identifier: "x",
                deprecation: some(),
                createBlock: some(),
                updateBlock: some()
            )
            let table = RuntimeTable(asOf: nil, entries: [entry])
            var last = -1
            for step in stride(from: base - 500, through: base + 500, by: 7) {
                let now = CalendarDay(daysSince1970: step).startUTC.addingTimeInterval(
                    Double(Int.random(in: 0..<86_400, using: &numbers))
                )
                let standing = table.standing(of: "x", now: now)
                if standing.state != .unknown {
                    let rank = try #require(order.firstIndex(of: standing.state))
                    #expect(rank >= last, "\(entry) at \(now)")
                    if rank > last { moved += 1 }
                    last = rank
                } else {
                    #expect(last <= 0 && entry.deprecation == nil, "\(entry) at \(now)")
                }
                if let known = table.deprecation(of: "x").value {
                    #expect((known.startUTC <= now) == standing.state.isDeprecated, "\(entry) at \(now)")
                }
                if let next = standing.next { #expect(next.day.startUTC > now) }
            }
        }
        #expect(moved > 1_000)
    }
}
