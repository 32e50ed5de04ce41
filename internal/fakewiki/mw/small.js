// Small parts of MediaWiki that scripts count on: what they do for the eye is left out.

for ( const name of [ 'makeCollapsible', 'tablesorter', 'suggestions', 'confirmable', 'injectSpinner', 'removeSpinner', 'placeholder', 'arrowSteps', 'footHovzer', 'lengthLimit', 'checkboxShiftClick', 'hint', 'spinner' ] ) {
	if ( !$.fn[ name ] ) {
		$.fn[ name ] = function () {
			return this;
		};
	}
}
$.createSpinner = () => $( '<div>' ).addClass( 'mw-spinner' );
$.removeSpinner = ( id ) => $( '#mw-spinner-' + id ).remove();
$.cookie = ( name, value, options ) => value === undefined ? mw.cookie.get( name, '' ) : mw.cookie.set( name, value, Object.assign( { prefix: '' }, options ) );
$.escapeRE = $.escapeRE || mw.util.escapeRegExp;

mw.confirmCloseWindow = () => ( { release() {}, trigger: () => true } );
mw.toolbar = { addButton() {}, addButtons() {}, insertTags() {} };
mw.experiments = { getBucket: ( experiment ) => Object.keys( experiment.buckets || { control: 1 } )[ 0 ] };
mw.inspect = () => {};
mw.libs = mw.libs || {};
mw.echo = mw.echo || { };
