import Foundation
import Synchronization
import TestSupport

/// Accounts and regions full of stacks, with one answer for each call that a scan makes; every target may have a trouble
/// of its own.
///
/// It repeats what we believe of AWS: shapes and codes as in AWS's own documents, two stacks on a page.
final class OrganizationServer: Sendable {
    /// What is wrong with one target.
    enum Trouble: String, CaseIterable, Sendable {
        /// 403, whatever is asked.
        case denied
        /// 400 Throttling, however often it is asked.
        case throttled
        /// The connection is reset.
        case reset
        /// Fewer bytes than were promised.
        case short
        /// It takes its time, and is right.
        case slow

        var isReadable: Bool { self == .slow }
    }

    struct Place: Hashable, Sendable, Comparable, CustomStringConvertible {
        let account: String
        let region: String
        var description: String { "\(account)/\(region)" }
        static func < (left: Place, right: Place) -> Bool {
            (left.account, left.region) < (right.account, right.region)
        }
    }

    struct State {
        /// Names by id, in every place.
        var stacks: [Place: [String: String]] = [:]
        var troubles: [Place: Trouble] = [:]
        var listings = 0
        /// Called with the number of listings begun.
        var onListing: @Sendable (Int) -> Void = { _ in }
    }

    let places: [Place]
    private let desk: Desk
    private let server: ScriptedServer

    private final class Desk: Sendable {
        let state = Mutex(State())
    }

    init(accounts: Int, regions: [String]) throws {
        let places = (1...accounts).flatMap { number in
            regions.map { Place(account: String(300_000_000_000 + number), region: $0) }
        }
        self.places = places
        let desk = Desk()
        self.desk = desk
        server = try ScriptedServer { request, _ in Self.answer(Proxy.Call(request, number: 0), desk) }
    }

    var url: String { server.url }

    func stop() { server.stop() }

    func change(_ change: (inout State) -> Void) { desk.state.withLock { change(&$0) } }

    /// Makes a stack, and says its id.
    @discardableResult
    func add(_ name: String, in place: Place) -> String {
        desk.state.withLock { state in
            let serial = state.stacks.values.reduce(0) { $0 + $1.count } + Int.random(in: 1...1_000_000) * 1_000
            let id =
                "arn:aws:cloudformation:\(place.region):\(place.account):stack/\(name)/00000000-0000-0000-0000-\(String(serial).leftPadded(12))"
            state.stacks[place, default: [:]][id] = name
            return id
        }
    }

    func remove(_ name: String, in place: Place) {
        desk.state.withLock { state in
            state.stacks[place] = state.stacks[place]?.filter { $0.value != name }
        }
    }

    /// The ids of what is there.
    func standing(in place: Place) -> Set<String> { desk.state.withLock { Set($0.stacks[place, default: [:]].keys) } }

    private static func answer(_ call: Proxy.Call, _ desk: Desk) -> ScriptedAnswer {
        let scope = (call.request[header: "authorization"] ?? "").components(separatedBy: "Credential=").last ?? ""
        let parts = scope.split(separator: "/").map(String.init)
        guard parts.count > 3 else { return AWSAnswer.error(403, "MissingAuthenticationToken", "no signature") }
        let place = Place(account: parts[0], region: parts[2])
        let isListing = call.action == "DescribeStacks" && call.stack == nil && call.fields["NextToken"] == nil
        let (stacks, trouble, number, told) = desk.state.withLock { state in
            if isListing { state.listings += 1 }
            return (state.stacks[place] ?? [:], state.troubles[place], state.listings, state.onListing)
        }
        if isListing { told(number) }
        // Who somebody is can be asked everywhere.
        if call.action == "GetCallerIdentity" { return identity(place) }
        var answer = content(call, place, stacks)
        switch trouble {
        case nil: return dated(answer)
        case .denied: return AWSAnswer.error(403, "AccessDenied", "not authorized to perform: cloudformation")
        case .throttled: return AWSAnswer.error(400, "Throttling", "Rate exceeded")
        case .reset: return ScriptedAnswer(ending: .resetAtOnce)
        case .short:
            answer.ending = .missing(500)
            return answer
        case .slow:
            answer.delay = .milliseconds(400)
            return dated(answer)
        }
    }

    private static func content(_ call: Proxy.Call, _ place: Place, _ stacks: [String: String]) -> ScriptedAnswer {
        switch call.action {
        case "DescribeStacks":
            if let id = call.stack {
                guard let name = stacks[id] else { return AWSAnswer.missing(id) }
                return AWSAnswer.result("DescribeStacks", "<Stacks>\(member(id, name))</Stacks>")
            }
            let sorted = stacks.sorted { $0.key < $1.key }
            let from = Int(call.fields["NextToken"] ?? "0") ?? 0
            let page = sorted.dropFirst(from).prefix(2)
            let more = from + 2 < sorted.count ? "<NextToken>\(from + 2)</NextToken>" : ""
            let members = page.map { member($0.key, $0.value) }.joined()
            return AWSAnswer.result("DescribeStacks", "<Stacks>\(members)</Stacks>\(more)")
        case "ListStackResources":
            guard let id = call.stack, stacks[id] != nil else { return AWSAnswer.missing(call.stack ?? "") }
            let topic = ScriptedAWS.Resource(logicalID: "T", physicalID: "t", type: "AWS::SNS::Topic")
            return AWSAnswer.resources([AWSAnswer.member(topic, status: "CREATE_COMPLETE")])
        default: return AWSAnswer.error(400, "InvalidAction", "nobody has written an answer to \(call.action)")
        }
    }

    private static func member(_ id: String, _ name: String) -> String {
        "<member><StackId>\(id)</StackId><StackName>\(name)</StackName><StackStatus>CREATE_COMPLETE</StackStatus>"
            + "<CreationTime>2020-01-01T00:00:00Z</CreationTime><DisableRollback>false</DisableRollback></member>"
    }

    private static func identity(_ place: Place) -> ScriptedAnswer {
        dated(
            AWSAnswer.answer(
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::\(place.account):user/x</Arn>"
                    + "<UserId>x</UserId><Account>\(place.account)</Account></GetCallerIdentityResult>"
                    + "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
            )
        )
    }

    /// AWS dates its answers; without that nothing is evaluated.
    private static func dated(_ answer: ScriptedAnswer) -> ScriptedAnswer {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        var answer = answer
        answer.headers.append(("Date", format.string(from: Date())))
        return answer
    }
}

extension String {
    fileprivate func leftPadded(_ length: Int) -> String {
        String(repeating: "0", count: max(0, length - count)) + suffix(length)
    }
}
