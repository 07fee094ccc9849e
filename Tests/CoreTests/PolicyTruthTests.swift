import Core
import Testing

@Suite struct PolicyTruthTests {
    @Test func `D3 any is true by one true part and unknown when only unknown parts could make it so`() {
        #expect(Truth.any([.no, .unknown, .yes]) == .yes)
        #expect(Truth.any([.no, .unknown]) == .unknown)
        #expect(Truth.any([.no, .no]) == .no)
    }

    @Test func `D3 all is true by every part and unknown when only unknown parts stand in the way`() {
        #expect(Truth.all([.yes, .yes]) == .yes)
        #expect(Truth.all([.yes, .unknown]) == .unknown)
        #expect(Truth.all([.no, .unknown]) == .no)
    }

    @Test func `not applicable counts as false under any and all and stays itself under not`() {
        #expect(Truth.any([.notApplicable, .notApplicable]) == .no)
        #expect(Truth.any([.notApplicable, .unknown]) == .unknown)
        #expect(Truth.all([.notApplicable, .yes]) == .no)
        #expect(Truth.notApplicable.negated == .notApplicable)
        #expect(Truth.unknown.negated == .unknown)
        #expect(Truth.yes.negated == .no)
        #expect(Truth.no.negated == .yes)
    }

    @Test func `a list without parts proves nothing, not even under not`() {
        #expect(Truth.any([]) == .unknown)
        #expect(Truth.all([]) == .unknown)
        #expect(Truth.all([]).negated == .unknown)
    }

    @Test func `for every pair De Morgan holds wherever both sides apply`() {
        for left in Truth.allCases where left != .notApplicable {
            for right in Truth.allCases where right != .notApplicable {
                #expect(Truth.any([left, right]).negated == Truth.all([left.negated, right.negated]))
            }
        }
    }
}
