import Core
import Foundation

/// What is known of an environment's branches and pull requests, in `curfew show`.
enum BranchLines {
    static func add(_ branches: EnvironmentBranches, _ page: inout Page) {
        let canvas = page.canvas
        for repository in branches.repositories {
            page.field("from", "\(repository.name)\(repository.isRegistered ? ", registered by its pipeline" : "")")
            if let failure = repository.failure {
                page.field("", Span("its branches are unknown: \(failure)", .warning))
            } else if let read = repository.readAt {
                page.field("", "all its branches read \(canvas.time(read))")
            } else {
                page.field("", Span("its branches were never read", .warning))
            }
            if let failure = repository.requestsFailure {
                page.field("", Span("its pull requests are unknown: \(failure)", .warning))
            }
            if let moved = repository.movedTo {
                page.field("", Span("it is called \(moved.isEmpty ? "otherwise" : moved) by now", .warning))
            }
            for sighting in branches.branches where sighting.repository == repository.address {
                page.field("", branch(sighting, canvas))
            }
            for sighting in branches.requests where sighting.repository == repository.address {
                let request = sighting.request
                let ended = request.endedAt.map { " \(canvas.time($0))" } ?? ""
                page.field("", "pull request \(request.number), \(request.branch): \(request.state.rawValue)\(ended)")
            }
        }
    }

    private static func branch(_ sighting: BranchSighting, _ canvas: Canvas) -> String {
        let guess = sighting.match == .resembling ? " (perhaps)" : ""
        let head = "branch \(sighting.branch)\(guess)"
        if let gone = sighting.goneAt { return "\(head), gone since \(canvas.time(gone))" }
        if let missed = sighting.missed {
            return "\(head), not listed since \(canvas.time(missed.since)): \(missed.why)"
        }
        let commit = sighting.commit.map { " at \($0.prefix(10))" } ?? ""
        let active = sighting.activeAt.map { ", last commit \(canvas.time($0))" } ?? ""
        return "\(head)\(commit)\(active)"
    }
}
