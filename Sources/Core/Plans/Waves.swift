/// How a run grows: one environment, then two, four, eight …, each wave only after the one before it ended.
package enum Waves {
    /// Nothing is waited for longer: functions in a VPC take 25 to 45 minutes, and what takes longer may take for days.
    package static let patience = Duration.seconds(3_600)

    /// How many more environments may begin, when so many have begun and so many of these have ended.
    package static func room(begun: Int, ended: Int) -> Int {
        guard begun < Int.max / 4 else { return 0 }
        var size = 1
        var total = 0
        while total + size <= begun {
            total += size
            size *= 2
        }
        // At the end of a wave everything in it has to be over; inside one only the waves before it have to.
        let mustHaveEnded = total
        return ended >= mustHaveEnded ? total + size - begun : 0
    }
}

/// How a run of teardowns is paced.
package struct Pacing: Sendable, Hashable {
    /// Deletions under way at the same time in one account.
    package var parallel: Int
    package var waves: Bool
    /// A whole percentage of the environments begun; when more than that (and more than one) failed, no other begins.
    package var stopAfterFailures: Int
    /// CloudWatch alarms that have to exist and not be in ALARM before an environment begins.
    package var alarms: [String]

    /// Three deletions at once is what Cloud Custodian came down to.
    package init(parallel: Int = 3, waves: Bool = true, stopAfterFailures: Int = 25, alarms: [String] = []) {
        self.parallel = parallel
        self.waves = waves
        self.stopAfterFailures = stopAfterFailures
        self.alarms = alarms
    }

    /// So many failures are too many for another environment to begin.
    package func isTooMany(failed: Int, of begun: Int) -> Bool {
        failed > 1 && failed * 100 > stopAfterFailures * begun
    }
}
