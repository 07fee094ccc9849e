import Foundation
import Synchronization
import TestSupport

/// An AWS on which deletions end as a test says; whatever it was not told is the emulator's.
///
/// The emulator deletes whatever it is asked to. What goes otherwise here repeats what AWS says in its documents and in
/// the logs that people published: the words, the statuses, the order of the events. Stacks are told apart by name.
final class ScriptedAWS: Sendable {
    /// Something in a stack.
    struct Resource: Sendable {
        let logicalID: String
        let physicalID: String
        let type: String
        /// Why its deletion fails.
        var reason: String?
    }

    /// What becomes of one `DeleteStack`.
    enum Ending: Sendable {
        /// The emulator deletes it; by its id it is then a deleted stack, as AWS says for 90 days.
        case goes
        /// In progress until the test lets it go.
        case goesWhenLet
        /// Complete, while these are still being deleted: express mode.
        case goesLeaving([Resource])
        /// Deleted by somebody else a moment before: accepted all the same, and no event is ours.
        case wentBefore
        /// Being deleted by somebody else already: accepted all the same, and no event is ours.
        case isGoingAlready
        /// Answered so, and nothing happens.
        case isAnswered(ScriptedAnswer)
        /// The emulator deletes it, and this is answered.
        case goesSaying(ScriptedAnswer)
        /// The emulator deletes it, and no answer comes.
        case goesUnsaid
        /// Accepted and begun; then the stack has the status again that it had, and says why.
        case isCancelled(String?)
        /// Begun, and failed on those that have a reason; with a reason of the stack's own where that says more.
        case fails([Resource], because: String? = nil)
    }

    /// One stack's part.
    struct Part: Sendable {
        /// In order; the last one holds for every later deletion.
        var endings: [Ending] = [.goes]
        /// Before anybody deletes it; nil: the emulator's.
        var status: String?
        /// In the stack beside what the emulator made.
        var resources: [Resource] = []
        /// Stacks inside it, by id: what failed in them.
        var nested: [String: [Resource]] = [:]
        /// What a reading of it by id is answered with, once its deletion was asked for and until the script is over.
        var afterwards: ScriptedAnswer?
    }

    struct Course {
        let part: Part
        var asked = 0
        var status: String?
        var reason: String?
        /// Newest first, as members of a listing.
        var events: [String] = []
        var failed: Set<String> = []
        var begun: ScriptedServer.Request?
        /// What was last said of it by id, while it was there.
        var lastSeen: String?
    }

    let proxy: Proxy
    private let upstream: Upstream
    private let courses: Mutex<[String: Course]>
    private let isOver = Mutex(false)

    /// `account`: of the stacks inside others.
    init(before url: String, account: String, _ parts: [String: Part]) throws {
        let parts = parts.mapValues { $0.inAccount(account) }
        proxy = try Proxy(to: url)
        upstream = try Upstream(url)
        courses = Mutex(parts.mapValues { Course(part: $0, status: $0.status) })
        proxy.decide { [weak self] call, _ in self?.fate(of: call) ?? .passes }
    }

    /// What was being deleted goes, and from now on everything is the emulator's.
    func end() {
        isOver.withLock { $0 = true }
        let begun = courses.withLock { courses in courses.values.compactMap(\.begun) }
        for request in begun { _ = upstream.answer(to: request) }
    }

    /// Every deletion that was asked for, repetitions included.
    var deletions: [Proxy.Call] { proxy.calls.filter { $0.action == "DeleteStack" } }

    func deletions(of name: String) -> [Proxy.Call] { deletions.filter { Self.name($0.stack) == name } }

    /// The last part but one of an id, or the name that it is.
    static func name(_ stack: String?) -> String? {
        guard let stack, stack.hasPrefix("arn:") else { return stack }
        return stack.split(separator: "/").dropFirst().first.map(String.init)
    }

    private func fate(of call: Proxy.Call) -> Proxy.Fate {
        if isOver.withLock(\.self), call.action != "DescribeStackEvents" { return retoldAfterwards(call) }
        if call.action == "DescribeStacks", call.stack == nil { return .isRetold { [self] in listing($0) } }
        if let inner = nested(call) { return inner }
        guard let name = Self.name(call.stack), courses.withLock({ $0[name] != nil }) else { return .passes }
        switch call.action {
        case "DeleteStack": return deletion(name, call)
        case "DescribeStacks":
            if let answer = courses.withLock({ $0[name].flatMap { $0.asked > 0 ? $0.part.afterwards : nil } }) {
                return .isAnswered(answer)
            }
            return .isRetold { [self] in described(name, $0) }
        case "ListStackResources": return .isRetold { [self] in resources(name, $0) }
        case "DescribeStackEvents":
            guard let events = courses.withLock({ $0[name].flatMap { $0.asked > 0 ? $0.events : nil } }) else {
                return .passes
            }
            return .isAnswered(AWSAnswer.events(events))
        default: return .passes
        }
    }

    /// A deleted stack stays one by its id.
    private func retoldAfterwards(_ call: Proxy.Call) -> Proxy.Fate {
        guard call.action == "DescribeStacks", let id = call.stack, id.hasPrefix("arn:"), let name = Self.name(id),
            courses.withLock({ $0[name] != nil })
        else { return .passes }
        return .isRetold { [self] in described(name, $0, asIs: true) }
    }

    private func deletion(_ name: String, _ call: Proxy.Call) -> Proxy.Fate {
        courses.withLock { courses -> Proxy.Fate in
            guard var course = courses[name] else { return .passes }
            defer { courses[name] = course }
            // Only a stack whose deletion has failed takes them.
            if call.fields["RetainResources.member.1"] != nil, course.status != "DELETE_FAILED" {
                return .isAnswered(
                    AWSAnswer.error(400, "ValidationError", "RetainResources is for stacks in DELETE_FAILED")
                )
            }
            let ending = course.part.endings[min(course.asked, course.part.endings.count - 1)]
            course.asked += 1
            return course.take(ending, call, upstream)
        }
    }

    /// What is inside a scripted stack is known to the script alone.
    private func nested(_ call: Proxy.Call) -> Proxy.Fate? {
        guard let id = call.stack else { return nil }
        let found = courses.withLock { courses in courses.values.compactMap { $0.part.nested[id] }.first }
        guard let found else { return nil }
        switch call.action {
        case "ListStackResources":
            return .isAnswered(AWSAnswer.resources(found.map { AWSAnswer.member($0, status: "DELETE_FAILED") }))
        case "DescribeStackEvents":
            return .isAnswered(
                AWSAnswer.events(found.map { AWSAnswer.event($0, "DELETE_FAILED", $0.reason, token: "inner") })
            )
        default: return .isAnswered(AWSAnswer.missing(id))
        }
    }
}

// MARK: - What readings are answered with

extension ScriptedAWS {
    /// Of all stacks, with the statuses that the script gave them.
    private func listing(_ answer: ScriptedAnswer) -> ScriptedAnswer {
        var pieces = answer.body.components(separatedBy: "<StackName>")
        courses.withLock { courses in
            for index in pieces.indices.dropFirst() {
                guard let course = courses[String(pieces[index].prefix { $0 != "<" })] else { continue }
                pieces[index] = course.told(pieces[index])
            }
        }
        return answer.saying(pieces.joined(separator: "<StackName>"))
    }

    /// Of one stack by id; gone from the emulator it is a deleted one.
    ///
    /// `asIs`: with the emulator's status while it is there.
    private func described(_ name: String, _ answer: ScriptedAnswer, asIs: Bool = false) -> ScriptedAnswer {
        courses.withLock { courses -> ScriptedAnswer in
            guard var course = courses[name] else { return answer }
            defer { courses[name] = course }
            if answer.status == 200 {
                course.lastSeen = answer.body
                return asIs ? answer : answer.saying(course.told(answer.body))
            }
            guard course.asked > 0, answer.body.contains("does not exist"), let last = course.lastSeen else {
                return answer
            }
            let deleted = AWSAnswer.replacing("StackStatus", by: "DELETE_COMPLETE", in: last)
                .replacingOccurrences(
                    of: "<DisableRollback>",
                    with: "<DeletionTime>2026-01-01T00:00:00Z</DeletionTime><DisableRollback>"
                )
            return ScriptedAnswer(status: 200, headers: AWSAnswer.headers, body: deleted)
        }
    }

    private func resources(_ name: String, _ answer: ScriptedAnswer) -> ScriptedAnswer {
        guard let course = courses.withLock({ $0[name] }), answer.status == 200 else { return answer }
        let parts = answer.body.components(separatedBy: "<member>")
        var members = parts.dropFirst().map { "<member>" + $0.components(separatedBy: "</member>")[0] + "</member>" }
        members += course.part.resources.map { AWSAnswer.member($0, status: "CREATE_COMPLETE") }
        if course.status == "DELETE_FAILED" {
            members = members.map { member in
                let isStuck = course.failed.contains { member.contains("<LogicalResourceId>\($0)<") }
                return AWSAnswer.replacing(
                    "ResourceStatus",
                    by: isStuck ? "DELETE_FAILED" : "DELETE_COMPLETE",
                    in: member
                )
            }
        }
        return AWSAnswer.resources(members)
    }
}

extension ScriptedAWS.Part {
    /// Stacks inside it are where it is itself.
    fileprivate func inAccount(_ account: String) -> Self {
        func moved(_ text: String) -> String { text.replacingOccurrences(of: ":123456789012:", with: ":\(account):") }
        func moved(_ resource: ScriptedAWS.Resource) -> ScriptedAWS.Resource {
            guard resource.type == "AWS::CloudFormation::Stack" else { return resource }
            return ScriptedAWS.Resource(
                logicalID: resource.logicalID,
                physicalID: moved(resource.physicalID),
                type: resource.type,
                reason: resource.reason.map(moved)
            )
        }
        var other = self
        other.resources = resources.map(moved)
        other.nested = Dictionary(uniqueKeysWithValues: nested.map { (moved($0.key), $0.value) })
        other.endings = endings.map { ending in
            guard case .fails(let resources, let because) = ending else { return ending }
            return .fails(resources.map(moved), because: because)
        }
        return other
    }
}

extension ScriptedAWS.Course {
    /// What the emulator said of the stack, with the script's status.
    func told(_ text: String) -> String {
        guard let status else { return text }
        let told = AWSAnswer.replacing("StackStatus", by: status, in: text)
        return AWSAnswer.replacing("StackStatusReason", by: reason ?? "", in: told)
    }

    mutating func take(_ ending: ScriptedAWS.Ending, _ call: Proxy.Call, _ upstream: Upstream) -> Proxy.Fate {
        let stack = ScriptedAWS.Resource(
            logicalID: ScriptedAWS.name(call.stack) ?? "",
            physicalID: call.stack ?? "",
            type: "AWS::CloudFormation::Stack"
        )
        let token = call.token ?? ""
        func note(_ resource: ScriptedAWS.Resource, _ status: String, _ reason: String? = nil, by token: String) {
            events.insert(AWSAnswer.event(resource, status, reason, token: token), at: 0)
        }
        func begin(by token: String) { note(stack, "DELETE_IN_PROGRESS", "User Initiated", by: token) }
        let before = status
        // Of what is retained now the stack knows no more.
        (status, reason) = (nil, nil)
        switch ending {
        case .goes:
            begin(by: token)
            guard call.fields["RetainResources.member.1"] != nil else { return .passes }
            // The emulator never heard that its deletion had failed.
            let plain = call.request.body.split(separator: "&").filter { !$0.hasPrefix("RetainResources") }
            let request = call.request.saying(plain.joined(separator: "&"))
            return .isAnswered(upstream.answer(to: request))
        case .goesSaying(let answer):
            begin(by: token)
            return .isRetold { _ in answer }
        case .goesUnsaid:
            begin(by: token)
            return .losesItsAnswer {}
        case .goesWhenLet:
            begin(by: token)
            (status, begun) = ("DELETE_IN_PROGRESS", call.request)
            return .isAnswered(AWSAnswer.accepted)
        case .goesLeaving(let left):
            begin(by: token)
            for resource in left { note(resource, "DELETE_IN_PROGRESS", by: token) }
            note(stack, "DELETE_COMPLETE", by: token)
            return .passes
        case .wentBefore:
            begin(by: "Console-DeleteStack-1")
            note(stack, "DELETE_COMPLETE", by: "Console-DeleteStack-1")
            let request = call.request
            return .passesAfter { _ = upstream.answer(to: request) }
        case .isGoingAlready:
            begin(by: "Console-DeleteStack-1")
            (status, begun) = ("DELETE_IN_PROGRESS", call.request)
            return .isAnswered(AWSAnswer.accepted)
        case .isAnswered(let answer):
            status = before
            return .isAnswered(answer)
        case .isCancelled(let because):
            begin(by: token)
            let earlier = before ?? "CREATE_COMPLETE"
            note(stack, earlier, because, by: token)
            (status, reason) = (earlier, because)
            return .isAnswered(AWSAnswer.accepted)
        case .fails(let resources, let because):
            begin(by: token)
            for resource in resources { note(resource, "DELETE_IN_PROGRESS", by: token) }
            let stuck = resources.filter { $0.reason != nil }
            for resource in stuck { note(resource, "DELETE_FAILED", resource.reason, by: token) }
            failed = Set(stuck.map(\.logicalID))
            let names = stuck.map(\.logicalID).joined(separator: ", ")
            (status, reason) = ("DELETE_FAILED", because ?? "The following resource(s) failed to delete: [\(names)]. ")
            note(stack, "DELETE_FAILED", reason, by: token)
            return .isAnswered(AWSAnswer.accepted)
        }
    }
}
