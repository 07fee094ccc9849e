package import Foundation

/// All runtimes of some environments beside the table's dates, what is furthest on its way out first.
package struct RuntimeInventory: Sendable {
    /// One runtime and who has it.
    package struct Line: Sendable {
        /// Nil where AWS names none.
        package let runtime: String?
        package let standing: RuntimeStanding
        package let functions: Int
        /// By key.
        package let environments: [Place]

        /// Each once, in order; nil stands for environments without an owner.
        package var owners: [String?] {
            Set(environments.map(\.owner)).sorted { ($0 ?? "\u{10FFFF}") < ($1 ?? "\u{10FFFF}") }
        }
    }

    /// An environment that has the runtime.
    package struct Place: Sendable, Hashable {
        package let key: EnvironmentKey
        package let owner: String?
        package let functions: Int
    }

    /// An environment of which not every function's runtime is known.
    package struct Unread: Sendable, Hashable {
        package let key: EnvironmentKey
        package let functions: Int
        package let because: String
    }

    package let asOf: CalendarDay?
    package private(set) var lines: [Line]
    /// Functions made from images; they have no runtime.
    package let images: Int
    /// Functions that stacks name and AWS does not list.
    package let absent: Int
    package let unread: [Unread]

    package init(_ environments: [EnvironmentRecord], table: RuntimeTable, now: Date) {
        var places: [String?: [Place]] = [:]
        for record in environments.sorted(by: { $0.key < $1.key }) {
            for use in record.runtimes.uses {
                let place = Place(key: record.key, owner: record.owner, functions: use.functions)
                places[use.runtime, default: []].append(place)
            }
        }
        asOf = table.asOf
        lines = places.map { runtime, places in
            Line(
                runtime: runtime,
                standing: table.standing(of: runtime, now: now),
                functions: places.reduce(0) { $0 + $1.functions },
                environments: places
            )
        }.sorted { $0.rank < $1.rank }
        images = environments.reduce(0) { $0 + $1.runtimes.images }
        absent = environments.reduce(0) { $0 + $1.runtimes.absent }
        unread = environments.compactMap { record in
            record.runtimes.unreadBecause.map {
                Unread(key: record.key, functions: record.runtimes.unread, because: $0)
            }
        }.sorted { $0.key < $1.key }
    }

    /// Of all lines.
    package var functions: Int { lines.reduce(0) { $0 + $1.functions } }
    /// The same without the lines of supported runtimes.
    package var onlyRunningOut: RuntimeInventory {
        var left = self
        left.lines = runningOut
        return left
    }

    /// Those that somebody has to do something about: all but the supported ones.
    package var runningOut: [Line] { lines.filter { $0.standing.state != .supported } }
}

extension RuntimeInventory.Line {
    /// The state, then the date that comes next, then the name.
    fileprivate var rank: Rank {
        Rank(
            state: RuntimeState.allCases.firstIndex(of: standing.state) ?? 0,
            day: (standing.next?.day ?? standing.entry?.deprecation)?.daysSince1970 ?? .max,
            name: runtime ?? ""
        )
    }

    fileprivate struct Rank: Comparable {
        let state: Int
        let day: Int
        let name: String

        static func < (left: Rank, right: Rank) -> Bool {
            (left.state, left.day, left.name) < (right.state, right.day, right.name)
        }
    }
}
