// mediawiki.widgets: MediaWiki's own kinds of fields, as plain ones.

const field = ( Base ) => class extends Base {
	constructor( config = {} ) {
		super( config );
		this.config = config;
	}
};
mw.widgets = mw.widgets || {};
const text = field( OO.ui.TextInputWidget );
for ( const name of [ 'TitleInputWidget', 'UserInputWidget', 'SearchInputWidget', 'DateInputWidget', 'NamespaceInputWidget', 'ComplexTitleInputWidget', 'ExpiryInputWidget', 'SizeFilterWidget',
	'CategoryTagItemWidget', 'SelectWithInputWidget' ] ) {
	mw.widgets[ name ] = name === 'NamespaceInputWidget' ? field( OO.ui.DropdownInputWidget ) : text;
}
if ( OO.ui.TagMultiselectWidget ) {
	for ( const name of [ 'UsersMultiselectWidget', 'TitlesMultiselectWidget', 'NamespacesMultiselectWidget', 'CategoryMultiselectWidget', 'TagMultiselectWidget' ] ) {
		mw.widgets[ name ] = field( OO.ui.TagMultiselectWidget );
	}
}
mw.widgets.datetime = { DateTimeInputWidget: text, CalendarWidget: field( OO.ui.Widget ) };
mw.widgets.visibleByteLimit = mw.widgets.visibleCodePointLimit = () => {};
module.exports = mw.widgets;
