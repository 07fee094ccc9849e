import Core
import Foundation

/// The sweep of one target: every kind of call after the other, one question at a time.
struct TargetSweep {
    private let sweep: TrailSweep
    private let target: Target
    private let listedAt: Date
    private let end: Date?
    private var left: Int
    private var hasAsked = false
    private var notes: [EvidenceNote] = []

    /// The target's stacks were listed at `listedAt`: calls after that are of stacks that nobody knows yet.
    ///
    /// They are read again.
    init(_ sweep: TrailSweep, _ target: Target, listedAt: Date, until end: Date?) {
        self.sweep = sweep
        self.target = target
        self.listedAt = listedAt
        self.end = end
        left = sweep.pages
    }

    mutating func run(_ states: [TrailCall: TrailState]) async throws(StoreFailure) -> [EvidenceNote] {
        for call in TrailCall.allCases {
            guard try await read(call, states[call]) else { break }
        }
        return notes
    }

    /// What one walk backwards through a span came to.
    fileprivate enum End {
        case complete
        /// The part up to this moment is not read; nil: nothing was.
        case cut(Date?, why: String)
        case failed(ProviderFailure, Date?)
    }

    /// False where nothing more is to be asked here.
    private mutating func read(_ call: TrailCall, _ before: TrailState?) async throws(StoreFailure) -> Bool {
        let now = sweep.clock()
        var state = before ?? TrailState(triedAt: now)
        state.triedAt = now
        var events: [TrailEvent] = []
        var unreadable = 0
        var stop: End = .complete
        for (index, span) in TrailState.spans(before, now: now).enumerated() {
            let question = TrailQuestion(call, from: span.from, until: span.until)
            stop = await walk(question, &events, &unreadable)
            state.note(stop.reached, of: span, isNew: index == 0, listedAt: listedAt)
            guard case .complete = stop else { break }
        }
        try await keep(events, state, of: call)
        if unreadable > 0 {
            notes.append(
                EvidenceNote(
                    "\(unreadable) of CloudTrail's entries of \(call.rawValue) in \(target)",
                    why: "their records are not what CloudTrail documents; they were passed over",
                    advice: ""
                )
            )
        }
        switch stop {
        case .complete: return true
        case .cut(_, let why):
            let since = state.gapUntil.map { ", before \($0.minuteText)" } ?? ""
            notes.append(
                EvidenceNote(
                    "who made stacks in \(target) (\(call.rawValue)\(since))",
                    why: why,
                    advice: "the next scan goes on there"
                )
            )
            return false
        case .failed(let failure, _):
            let advice =
                failure.kind == .denied
                ? "give the scan's role cloudtrail:LookupEvents, or say owners: { cloudtrail: off }" : failure.advice
            notes.append(EvidenceNote("who made stacks in \(target)", why: failure.summary, advice: advice))
            return false
        }
    }

    private mutating func walk(
        _ question: TrailQuestion,
        _ events: inout [TrailEvent],
        _ unreadable: inout Int
    ) async -> End {
        var token: String?
        var seen: Set<String> = []
        var oldest: Date?
        repeat {
            if left == 0 { return .cut(oldest, why: "one scan reads \(sweep.pages) pages of a region's history") }
            if let end, sweep.clock() >= end { return .cut(oldest, why: "there was no time left") }
            if hasAsked {
                do { try await sweep.sleep(TrailSweep.pace) } catch { return .cut(oldest, why: "it was stopped") }
            }
            hasAsked = true
            left -= 1
            let answer = await gathering { () async throws(ProviderFailure) in
                try await sweep.trails.trail(question, page: token, in: target)
            }
            switch answer {
            case .failure(let failure): return .failed(failure, oldest)
            case .success(let page):
                events += page.events
                unreadable += page.unreadable
                oldest = page.oldest ?? oldest
                token = page.next
                if let token, !seen.insert(token).inserted {
                    let why = "CloudTrail gave the same page twice"
                    return .failed(ProviderFailure(.malformed, why, advice: "the next scan asks again"), oldest)
                }
            }
        } while token != nil
        return .complete
    }

    private func keep(_ events: [TrailEvent], _ state: TrailState, of call: TrailCall) async throws(StoreFailure) {
        let ids = Set(events.compactMap(\.component)).sorted()
        let names = Set(events.compactMap { $0.component == nil ? $0.name : nil }).sorted()
        let known =
            ids.isEmpty && names.isEmpty ? [] : try await sweep.store.trailed(ids: ids, names: names, in: target)
        let evidence = newEvidence(events, about: known, machines: sweep.rules.machines)
        try await sweep.store.record(evidence, state, of: call, in: target)
    }
}

extension TargetSweep.End {
    fileprivate var reached: TrailState.Reached {
        switch self {
        case .complete: .all
        case .cut(let moment, _), .failed(_, let moment): moment.map { .backTo($0) } ?? .nothing
        }
    }
}
