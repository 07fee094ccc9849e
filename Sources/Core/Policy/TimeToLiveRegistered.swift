package import Foundation

extension TimeToLive {
    /// Together with the end that a registration gives, if it gives one: the later of the two counts.
    ///
    /// A tag that says for ever is later than any date, and one that cannot be read may be (R4). What did not count is
    /// said along with what did.
    package func orLater(_ end: Date?, of registration: String) -> TimeToLive {
        guard let end else { return self }
        let registered = "\(end.minuteText) of the \(registration)"
        return switch self {
        case .absent: .expires(end, source: registration)
        case .expires(let tagged, let source) where tagged == end:
            .expires(end, source: "\(source) and \(registration)")
        case .expires(let tagged, let source) where tagged > end:
            .expires(tagged, source: "\(source) (later than \(registered))")
        case .expires(let tagged, let source):
            .expires(end, source: "\(registration) (later than \(tagged.minuteText) of the \(source))")
        case .never(let source): .never(source: "\(source) (later than \(registered))")
        case .unknown(let reason, let source):
            .unknown(reason: reason, source: "\(source) (it may be later than \(registered))")
        case .unreadable(let text, let source):
            .unreadable(text, source: "\(source) (it may be later than \(registered))")
        }
    }
}
